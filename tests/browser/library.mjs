// Tag, the second bundled game: its page uses `assets/js/net` as any game's page does, and nothing of
// Arena.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, PHONE, eventually, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

/** Gives a page a function that reads the runners in the server's latest state. */
function toRead() {
  window.runners = () => {
    const { session } = window;
    if (!session?.playing) return [];
    return [...session.schema.entities(session.core.truth(), session.core.stride)].filter(({ kind }) => kind === 'runner');
  };
  window.runner = (isOwn) => window.runners().find(({ own }) => own === isOwn);
}

describe('tag', () => {
  let server;
  before(async () => {
    server = await startServer('--game', 'tag');
  });
  after(() => server?.stop());

  const open = (name, options = DESKTOP) => openPlayer(stage.browser, options, `${server.url}/?name=${name}`, toRead);

  test('is played by two who see each other move', async () => {
    const [ada, bob] = [await open('Ada'), await open('Bob', PHONE)];
    const asked = [];
    ada.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await ada.page.reload();
    for (const { page } of [ada, bob]) await page.waitForFunction(() => window.runners().length === 2);
    await ada.page.waitForFunction(() => {
      const { core } = window.session;
      return core.name(window.runner(false).player) === 'Bob' && core.stats().checksums > 0;
    });
    for (const [mover, watcher] of [[ada, bob], [bob, ada]]) {
      const x = await watcher.page.evaluate(() => window.runner(false).x);
      // Not into the nearer edge.
      const [key, sign] = x < 800 ? ['KeyD', 1] : ['KeyA', -1];
      await mover.page.bringToFront();
      await mover.page.keyboard.down(key);
      await watcher.page.waitForFunction(([x, sign]) => (window.runner(false)?.x - x) * sign > 150, [x, sign]);
      await mover.page.keyboard.up(key);
    }
    // One of them is it, and both pages say who. A page says it with its next picture.
    await eventually('one of them is it', async () => {
      const its = await Promise.all([ada, bob].map(({ page }) => page.evaluate(() => window.runner(true).it)));
      return its.filter(Boolean).length === 1;
    });
    for (const { page } of [ada, bob]) {
      await page.waitForFunction(() => /you are it/.test(document.getElementById('points').textContent) === Boolean(window.runner(true).it));
      assert.equal(await page.evaluate(() => window.session.core.stats().mismatches), 0);
    }
    await ada.screenshot('tag');
    await bob.screenshot('tag-phone');
    assert.deepEqual(asked.filter((path) => path.includes('arena')), []);
    for (const player of [ada, bob]) {
      player.assertNoErrors();
      await player.close();
    }
  });

  test('runs where a finger is held', async () => {
    const bob = await open('Bob', PHONE);
    await bob.page.waitForFunction(() => window.runner(true));
    const { x } = await bob.page.evaluate(() => window.runner(true));
    const right = x < 800;
    const touch = await bob.page.context().newCDPSession(bob.page);
    const { width, height } = PHONE.viewport;
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: right ? width - 5 : 5, y: height / 2 }] });
    await bob.page.waitForFunction(([x, right]) => (window.runner(true).x - x) * (right ? 1 : -1) > 60, [x, right]);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await bob.page.waitForFunction(() => window.runner(true).runs === 0);
    bob.assertNoErrors();
    await bob.close();
  });
});
