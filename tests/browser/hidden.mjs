// A page that was hidden for a while returns to the present at once.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

// Longer than the page's limit for a silent connection (8 s).
const HELD_MS = 9_500;
const TICK_HZ = 30;
const BEHIND_TICKS = 15;
const PICTURES_MAX = 2;

/**
 * Makes the page believe that it is hidden, and holds its animation frames back as a browser then
 * does. A headless browser hides no page by itself.
 */
function canHide() {
  let hidden = false;
  let held = [];
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (frame) => ask((now) => (hidden ? held.push(frame) : frame(now)));
  Object.defineProperty(document, 'hidden', { get: () => hidden });
  window.hide = (now) => {
    hidden = now;
    document.dispatchEvent(new Event('visibilitychange'));
    if (hidden) return;
    for (const frame of held) ask(frame);
    held = [];
  };
}

async function tickOnServer(player, server = stage.server) {
  const room = await player.page.evaluate(() => window.drumbeat.room);
  return (await server.room(room)).tick;
}

describe('a tab in the background', () => {
  test('draws nothing, but stays in the game', async () => {
    const server = await startServer('--tick-hz', String(TICK_HZ));
    const tim = await stage.open('/?autoplay&name=Low', DESKTOP, server, canHide);
    await tim.state('playing');
    await tim.page.evaluate(() => window.hide(true));
    const frame = await tim.page.evaluate(() => window.drumbeat.frame);
    const from = await tim.page.evaluate(() => window.drumbeat.tick);
    await eventually('frames come in', () => tim.page.evaluate((tick) => window.drumbeat.tick > tick + 60, from));
    assert.equal(await tim.page.evaluate(() => window.drumbeat.frame), frame);
    // Counted in pictures, and against the newest frame that has arrived: neither depends on how
    // busy the machine is.
    const seen = await tim.page.evaluate(([behind, hz]) => new Promise((resolve) => {
      const first = window.drumbeat.frame;
      window.hide(false);
      const look = () => {
        const { live, frame: drawn } = window.drumbeat;
        const aimed = live && live.newest - (live.delay / 1_000) * hz;
        if (drawn > first && live && live.view >= aimed - behind) resolve({ pictures: drawn - first, live });
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }), [BEHIND_TICKS, TICK_HZ]);
    assert.ok(seen.pictures <= PICTURES_MAX, JSON.stringify(seen));
    await tim.assertSound();
    await tim.close();
    await server.stop();
  });

  test(`held up for ${HELD_MS / 1000} s, it keeps its connection and comes back to the present`, async () => {
    // With this timeout the server does not close the page's connection meanwhile.
    const server = await startServer('--idle-timeout-s', '60');
    const tim = await stage.open('/?autoplay&name=Hid', DESKTOP, server);
    await tim.state('playing');
    await tim.until(() => window.drumbeat.own !== null);
    await tim.page.evaluate(() => {
      window.statusShown = 0;
      new MutationObserver(() => (window.statusShown += 1)).observe(document.getElementById('status'), { attributes: true });
    });
    // A busy loop stands for a sleeping machine, since a headless browser freezes no page.
    await tim.page.evaluate((ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    }, HELD_MS);
    const back = await tickOnServer(tim, server);
    // The browser delivers bit by bit what has arrived meanwhile.
    await tim.until(([tick, behind]) => {
      const { live } = window.drumbeat;
      return live && live.newest >= tick && live.view >= tick - behind;
    }, [back, BEHIND_TICKS]);
    await tim.ticks(30);
    assert.equal(await tim.page.evaluate(() => window.statusShown), 0, 'the connection was given up');
    await tim.assertSound();
    await tim.close();
    await server.stop();
  });
});
