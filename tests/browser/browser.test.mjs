// Plays Drumbeat in a headless Chromium, from the title page to a restart of the server. The
// tests build on each other: one desktop player stays in the game throughout.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { DESKTOP, PHONE, LIMIT_MS, eventually, launchBrowser, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';

const MARKUP = '<b id="evil">bold?</b> <img src="x" onerror="window.evil = 1"> & so on';

let server;
let browser;
let ada;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  ada = await openPlayer(browser, DESKTOP, server.url);
  // Whether a house bot gets her is chance; if so, a person can look at it.
  ada.until(() => window.drumbeat?.state === 'dead', null, 0)
    .then(() => ada.screenshot('dead'))
    .catch(() => {});
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Waits until the ship has gone `units` to the east on the server, by itself: not by a return. */
async function goesEast(player, name, units) {
  const deaths = () => player.page.evaluate(() => window.drumbeat.private.deaths);
  let start;
  let died;
  await eventually(`${name} goes ${units} units east on the server`, async () => {
    const now = await server.player(name);
    const deathsNow = await deaths();
    if (deathsNow !== died) [start, died] = [now, deathsNow];
    return now.x - start.x >= units;
  });
}

/** Renews the README's picture at a moment when there is something to see. */
async function updatePicture() {
  await ada.until(() => {
    const { state, others, own } = window.drumbeat;
    const near = ({ x, y }) => Math.abs(x - own.x) < 700 && Math.abs(y - own.y) < 380;
    const inside = own && Math.abs(own.x - 1100) < 500 && Math.abs(own.y - 700) < 300;
    const count = (kind) => others.filter((other) => other.kind === kind && near(other)).length;
    return state === 'playing' && inside && count(0) >= 6 && count(1) >= 9;
  }, null, 5 * LIMIT_MS);
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  mkdirSync(docs, { recursive: true });
  writeFileSync(`${docs}play.png`, await ada.screenshot('picture'));
}

describe('on a desktop', () => {
  test('the title page has a name, a Play button and no accessibility violation', async () => {
    await ada.state('title');
    await ada.screenshot('title');
    await ada.page.evaluate(axe.source);
    const { violations } = await ada.page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  });

  test('a click joins, and the server knows the player by name', async () => {
    await ada.join('Ada');
    await eventually('the server lists Ada', () => server.player('Ada'));
    await ada.until(() => window.drumbeat.own !== null);
  });

  test('keys move the own ship, on the server too', async () => {
    await ada.page.keyboard.down('KeyD');
    await goesEast(ada, 'Ada', 30);
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

  test('the canvas shows it', async () => {
    const pixels = () => document.querySelector('canvas').toDataURL();
    const before = await ada.page.evaluate(pixels);
    await ada.until((old) => document.querySelector('canvas').toDataURL() !== old, before);
    await ada.state('playing');
    await ada.page.keyboard.down('KeyW');
    await ada.page.mouse.move(1000, 300);
    await ada.page.mouse.down();
    await ada.ticks(30);
    await ada.screenshot('play');
    await ada.page.keyboard.up('KeyW');
    if (process.env.DRUMBEAT_UPDATE_PICTURE === '1') await updatePicture();
    await ada.page.mouse.up();
  });

  test('F3 opens the net graph and closes it', async () => {
    const graph = ada.page.getByRole('complementary', { name: 'Net graph' });
    assert.equal(await graph.isVisible(), false);
    await ada.page.keyboard.press('F3');
    await graph.waitFor({ state: 'visible' });
    await graph.getByText('RTT').waitFor({ state: 'visible' });
    await ada.ticks(60);
    await ada.screenshot('f3');
    await ada.page.keyboard.press('F3');
    await graph.waitFor({ state: 'hidden' });
  });

  test('chat reaches a second player, as text only', async () => {
    const bob = await openPlayer(browser, DESKTOP, server.url);
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
  });

  test('the page says that the server is away, and plays again when it is back', async () => {
    await ada.assertSound();
    ada.serverIsAway = true;
    assert.equal(await server.stop(), 0, server.output());
    await ada.state('reconnecting');
    await ada.page.getByText(/reconnect/i).first().waitFor({ state: 'visible' });
    await ada.screenshot('reconnecting');
    server = await startServer(server.port);
    await ada.state('playing');
    await eventually('the server lists Ada again', () => server.player('Ada'));
    ada.serverIsAway = false;
    await ada.ticks(60);
    await ada.assertSound();
  });
});

describe('on a phone', () => {
  test('a thumb on the screen moves the own ship', async () => {
    const tim = await openPlayer(browser, PHONE, server.url);
    await tim.state('title');
    await tim.screenshot('phone-title');
    await tim.join('Tim');
    await eventually('the server lists Tim', () => server.player('Tim'));
    const touch = await tim.page.context().newCDPSession(tim.page);
    const thumb = (type, ...touchPoints) => touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    await thumb('touchStart', { x: 90, y: 700 });
    await thumb('touchMove', { x: 140, y: 700 });
    await goesEast(tim, 'Tim', 30);
    await tim.screenshot('phone');
    await thumb('touchEnd');
    await tim.assertSound();
    await tim.close();
  });
});
