// A game on a desktop. The tests build on each other: one player stays in it throughout.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, goesEast } from './player.mjs';
import { stage } from './stage.mjs';

const MARKUP = '<b id="evil">bold?</b> <img src="x" onerror="window.evil = 1"> & so on';

let ada;

describe('a game', () => {
  before(async () => {
    ada = await stage.open();
  });

  after(() => ada?.close());

  test('a click joins, and the server knows the player by name', async () => {
    await ada.join('Ada');
    await eventually('the server lists Ada', () => stage.server.player('Ada'));
    await ada.until(() => window.drumbeat.own !== null);
  });

  test('keys move the own ship, on the server too', async () => {
    await ada.page.keyboard.down('KeyD');
    await goesEast(stage.server, ada, 'Ada', 30);
    await ada.page.keyboard.up('KeyD');
  });

  test('the ships of others move on the screen', async () => {
    const seen = await ada.until(() => {
      const { others } = window.drumbeat;
      return others.some(({ kind }) => kind === 0) && others;
    });
    await ada.until((before) => window.drumbeat.others.some((now) => {
      const then = before.find(({ key }) => key === now.key);
      return now.kind === 0 && then && Math.hypot(now.x - then.x, now.y - then.y) > 10;
    }), await seen.jsonValue());
  });

  test('the picture shows it', async () => {
    const picture = () => document.querySelector('main > canvas').toDataURL();
    const before = await ada.page.evaluate(picture);
    await ada.until((old) => document.querySelector('main > canvas').toDataURL() !== old, before);
    await ada.state('playing');
    await ada.page.keyboard.down('KeyW');
    await ada.page.mouse.move(1000, 300);
    await ada.page.mouse.down();
    await ada.ticks(30);
    await ada.screenshot('play');
    await ada.page.keyboard.up('KeyW');
    await ada.page.mouse.up();
    await ada.assertAccessible();
  });

  test('WebGL draws it as well', async () => {
    const bob = await stage.open('/?autoplay&draw=gl');
    await bob.state('playing');
    await bob.until(() => window.drumbeat.own !== null);
    assert.equal(await bob.page.evaluate(() => window.drumbeat.renderer), 'webgl2');
    await bob.screenshot('webgl');
    await bob.assertNoErrors();
    await bob.close();
  });

  test('a WebGL context that is lost is taken back, but waited for only so long', async () => {
    const bob = await stage.open('/?autoplay&draw=gl');
    await bob.state('playing');
    await bob.page.evaluate(() => {
      const canvas = document.querySelector('main > canvas');
      window.lost = { context: canvas.getContext('webgl2').getExtension('WEBGL_lose_context'), restored: 0 };
      canvas.addEventListener('webglcontextrestored', () => (window.lost.restored += 1));
      window.lost.context.loseContext();
    });
    await bob.until(() => window.drumbeat.renderer === null);
    await bob.page.evaluate(() => window.lost.context.restoreContext());
    await bob.until(() => window.drumbeat.renderer === 'webgl2' && window.lost.restored === 1);
    await bob.page.evaluate(() => window.lost.context.loseContext());
    await bob.until(() => window.drumbeat.renderer === '2d');
    await bob.page.evaluate(() => window.lost.context.restoreContext());
    await bob.until(() => window.lost.restored === 2);
    assert.equal(await bob.page.evaluate(() => window.drumbeat.renderer), '2d');
    const before = await bob.page.evaluate(() => document.querySelector('main > canvas').toDataURL());
    await bob.until((old) => document.querySelector('main > canvas').toDataURL() !== old, before);
    await bob.assertNoErrors();
    await bob.close();
  });

  test('chat reaches a second player, as text only', async () => {
    const bob = await stage.open();
    await bob.join('Bob');
    await ada.page.keyboard.press('Enter');
    await ada.page.keyboard.type(MARKUP);
    await ada.page.keyboard.press('Enter');
    await bob.page.getByText(MARKUP).waitFor({ state: 'visible' });
    await bob.screenshot('chat');
    const marks = () => [document.querySelector('#evil'), window.evil ?? null];
    assert.deepEqual(await bob.page.evaluate(marks), [null, null]);
    await bob.assertSound();
    await bob.close();
    await ada.assertSound();
  });
});
