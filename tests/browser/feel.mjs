// How the game feels on a bad link: the own ship answers at once, and nobody jumps.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stage } from './stage.mjs';

const LINK = '150ms,jitter=50ms,stall=1%x250ms';
const FRAMES_MAX = 2;
const ATTEMPTS_MAX = 30;

let ada;

/**
 * Presses a key and counts the pictures until the own heading departs from what it was; null if
 * there was no ship to see it on all the while.
 */
async function framesToAnswer(key) {
  const answer = ada.page.evaluate(() => new Promise((resolve) => {
    let pressed = null;
    addEventListener('keydown', () => (pressed = window.drumbeat.frame), { once: true, capture: true });
    let before = null;
    // Runs after the page's own frame, since it was asked for later.
    const look = () => {
      const { own, frame } = window.drumbeat;
      if (!own) return resolve(null);
      if (pressed !== null && before !== null && own.heading !== before) return resolve(frame - pressed);
      if (pressed === null) before = own.heading;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }));
  // A picture or more without the key.
  await ada.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await ada.page.keyboard.down(key);
  const frames = await answer;
  await ada.page.keyboard.up(key);
  return frames;
}

/** The same with a ship that is still, so that only the key turns it; it may be shot meanwhile. */
async function answered() {
  for (let left = ATTEMPTS_MAX; left > 0; left -= 1) {
    await ada.until(() => window.drumbeat.state === 'playing' && window.drumbeat.own !== null);
    await ada.until(() => window.drumbeat.own === null || window.drumbeat.own.heading === window.drumbeat.own.steer);
    const heading = await ada.page.evaluate(() => window.drumbeat.own?.heading ?? null);
    if (heading === null) continue;
    const frames = await framesToAnswer(Math.abs(heading - 64) < 32 ? 'KeyW' : 'KeyS');
    if (frames !== null) return frames;
  }
  return assert.fail(`the ship was lost ${ATTEMPTS_MAX} times while it should answer`);
}

describe(`through a link of ${LINK}`, () => {
  before(async () => {
    ada = await stage.open(`/?autoplay&name=Far&link=${LINK}`);
    await ada.state('playing');
    await ada.until(() => window.drumbeat.own && window.drumbeat.stats?.rtt_us > 100_000);
  });

  after(() => ada?.close());

  test(`the own ship answers a key within ${FRAMES_MAX} pictures`, async () => {
    const counts = [];
    while (counts.length < 8) counts.push(await answered());
    assert.ok(Math.max(...counts) <= FRAMES_MAX, `pictures until the ship turned: ${counts}`);
  });

  test('no ship jumps', async () => {
    await ada.page.keyboard.down('KeyD');
    await ada.ticks(150);
    await ada.page.keyboard.up('KeyD');
    const { feel } = await ada.page.evaluate(() => window.drumbeat.stats);
    assert.equal(feel.jumps, 0, JSON.stringify(feel));
    assert.ok(feel.jump_max > 0, 'no ship has moved');
    await ada.assertSound();
  });

  test('without prediction it answers a round trip later', async () => {
    await ada.press('F3');
    await ada.page.getByRole('checkbox', { name: 'Prediction' }).uncheck();
    // Long enough for many pictures, however slow the screen is.
    await ada.page.getByRole('spinbutton', { name: 'Latency, ms, as a number' }).fill('1500');
    await ada.press('F3');
    await ada.until(() => window.drumbeat.stats.rtt_us > 1_000_000);
    const frames = await answered();
    assert.ok(frames > FRAMES_MAX, `${frames} pictures`);
  });
});
