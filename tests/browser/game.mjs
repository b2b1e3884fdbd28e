// A game on a desktop. The tests build on each other: one player stays in the game throughout.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, notInFirefox } from './player.mjs';
import { stage } from './stage.mjs';

const MARKUP = '<b id="evil">bold?</b> <img src="x" onerror="window.evil = 1"> & so on';

const NO_WEBGL = 'a headless Firefox has no WebGL';

/** Small, since without a graphics card the processor does WebGL's work. */
const SMALL = { viewport: { width: 800, height: 500 } };

let ada;

/** Holds the timer that begins when a context is lost; `window.passTime` makes it fire. */
function passTime() {
  const later = window.setTimeout.bind(window);
  let waiting = () => {};
  let isLost = false;
  // Before the canvas itself hears of it.
  window.addEventListener('webglcontextlost', () => (isLost = true), true);
  window.setTimeout = (act, ...more) => {
    if (!isLost) return later(act, ...more);
    [waiting, isLost] = [act, false];
    return 0;
  };
  window.passTime = () => waiting();
}

describe('a game', () => {
  before(async () => {
    ada = await stage.open('/?room=game');
  });

  after(() => ada?.close());

  test('a click joins, and the server knows the player by name', async () => {
    await ada.join('Ada');
    await eventually('the server lists Ada', () => stage.server.player('Ada'));
    await ada.until(() => window.drumbeat.own !== null);
  });

  test('the ships of others move on the screen', async () => {
    await ada.page.evaluate(() => (window.firstSeen = new Map()));
    await ada.until(() => window.drumbeat.others.some((now) => {
      if (now.kind !== 'ship') return false;
      const then = window.firstSeen.get(now.key) ?? now;
      window.firstSeen.set(now.key, then);
      const moved = Math.hypot(now.x - then.x, now.y - then.y);
      // A ship that is farther away was destroyed and has come back.
      return moved > 10 && moved < 200;
    }));
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

  test('WebGL draws it as well', { skip: notInFirefox(NO_WEBGL) }, async () => {
    const bob = await stage.open('/?autoplay&draw=gl', SMALL);
    await bob.state('playing');
    await bob.until(() => window.drumbeat.own !== null);
    assert.equal(await bob.page.evaluate(() => window.drumbeat.renderer), 'webgl2');
    await bob.screenshot('webgl');
    await bob.assertNoErrors();
    await bob.close();
  });

  test('a WebGL context that is lost is taken back, but waited for only so long', { skip: notInFirefox(NO_WEBGL) }, async () => {
    const bob = await stage.open('/?autoplay&draw=gl', SMALL, stage.server, passTime);
    await bob.state('playing');
    await bob.page.evaluate(() => {
      window.canvas = document.querySelector('main > canvas');
      window.context = window.canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
      window.restored = 0;
      window.canvas.addEventListener('webglcontextrestored', () => (window.restored += 1));
      window.context.loseContext();
    });
    await bob.until(() => window.drumbeat.renderer === null);
    const word = bob.page.getByText('Graphics lost; restoring…');
    await word.waitFor({ state: 'visible' });
    await bob.page.evaluate(() => window.context.restoreContext());
    await word.waitFor({ state: 'hidden' });
    await bob.until(() => window.drumbeat.renderer === 'webgl2' && window.restored === 1);
    await bob.page.evaluate(() => window.context.loseContext());
    await bob.until(() => window.drumbeat.renderer === null);
    await bob.page.evaluate(() => window.passTime());
    assert.equal(await bob.page.evaluate(() => window.drumbeat.renderer), '2d');
    await bob.page.evaluate(() => window.context.restoreContext());
    await bob.until(() => window.restored === 2);
    assert.equal(await bob.page.evaluate(() => window.drumbeat.renderer), '2d');
    const before = await bob.page.evaluate(() => document.querySelector('main > canvas').toDataURL());
    await bob.until((old) => document.querySelector('main > canvas').toDataURL() !== old, before);
    await bob.assertNoErrors();
    await bob.close();
  });

  test('chat reaches a second player, as text only', async () => {
    const bob = await stage.open('/?room=game');
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
