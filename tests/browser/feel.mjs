// How the game feels on a bad link: the player's own ship responds at once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { stage } from './stage.mjs';

const JITTER_MS = 50;
const LINK = `150ms,jitter=${JITTER_MS}ms,stall=1%x250ms`;
const FRAMES_MAX = 2;

let ada;

/** Presses a key; counts the pictures and the milliseconds until the own ship's heading changes. */
async function answer(key) {
  const answered = ada.page.evaluate(() => new Promise((resolve) => {
    let pressed = null;
    addEventListener('keydown', () => (pressed = { frame: window.drumbeat.frame, at: performance.now() }), { once: true, capture: true });
    let before = null;
    // Runs after the page's own callback, since it was requested later.
    const look = () => {
      const { own, frame } = window.drumbeat;
      if (pressed && before !== null && own.heading !== before) {
        return resolve({ frames: frame - pressed.frame, ms: performance.now() - pressed.at });
      }
      if (!pressed) before = own.heading;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }));
  // At least one picture passes without the key.
  await ada.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await ada.page.keyboard.down(key);
  const found = await answered;
  await ada.page.keyboard.up(key);
  return found;
}

/** Measures the same once the ship has stopped turning, so that only the key turns it. */
async function answered() {
  await ada.until(() => window.drumbeat.own.heading === window.drumbeat.own.steer && window.drumbeat.own.buttons === 0);
  const heading = await ada.page.evaluate(() => window.drumbeat.own.heading);
  return answer(Math.abs(heading - 64) < 32 ? 'KeyW' : 'KeyS');
}

describe(`through a link of ${LINK}`, () => {
  before(async () => {
    ada = await stage.open(`/?autoplay&name=Far&link=${LINK}`, DESKTOP, stage.quiet);
    await ada.state('playing');
    await ada.until(() => window.drumbeat.own && window.drumbeat.stats?.rtt_us >= 75_000);
  });

  after(() => ada?.close());

  test(`the own ship answers a key within ${FRAMES_MAX} pictures`, async () => {
    const counts = [];
    while (counts.length < 8) counts.push((await answered()).frames);
    assert.ok(Math.max(...counts) <= FRAMES_MAX, `pictures until the ship turned: ${counts}`);
  });

  // That none of them jumps is tested in simulated time, where a slow machine cannot delay the
  // page: tests/tests/feel.rs.
  test('the movement of the others is measured, and the view holds', async () => {
    const bob = await stage.open(`/?spectate&link=${LINK}`, { viewport: { width: 800, height: 500 } });
    await bob.state('spectating');
    await bob.until(() => window.drumbeat.stats?.feel.jump_max > 0);
    await bob.assertSound();
    await bob.close();
  });

  test('without prediction it answers a round trip later', async () => {
    const latencyMs = 1_500;
    // A round trip varies by the jitter, up or down.
    const leastMs = latencyMs - JITTER_MS;
    await ada.press('F3');
    await ada.page.getByRole('checkbox', { name: 'Prediction' }).uncheck();
    await ada.page.getByRole('spinbutton', { name: 'Latency, ms, as a number' }).fill(`${latencyMs}`);
    await ada.press('F3');
    await ada.until((ms) => window.drumbeat.stats.rtt_us >= ms * 1_000, leastMs);
    const { ms } = await answered();
    assert.ok(ms >= leastMs, `after ${ms} ms`);
  });
});
