import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Trial } from '../../assets/js/arena/draw/trial.js';

/** The verdict of pictures this far apart, and when it comes, milliseconds. */
function judge(gap, from = 1_000) {
  const trial = new Trial();
  for (let [now, at] = [from, 0]; now < from + 60_000; now += gap(at, now - from), at += 1) {
    const verdict = trial.drew(now);
    if (verdict) return [verdict, now - from];
  }
  return null;
}

test('what gives fewer than fifteen pictures a second is slow, and said so after five seconds', () => {
  assert.deepEqual(judge(() => 1_000 / 60)?.[0], 'fast');
  assert.deepEqual(judge(() => 65), ['fast', 5_005]);
  assert.deepEqual(judge(() => 68), ['slow', 5_032]);
  assert.deepEqual(judge(() => 500), ['slow', 5_000]);
});

test('less than a picture a second is slow, too, once there were enough of them', () => {
  assert.deepEqual(judge(() => 800), ['slow', 5_600]);
  assert.deepEqual(judge(() => 2_500), ['slow', 12_500]);
});

test('a slow start and single late pictures are no reason', () => {
  assert.equal(judge((_, since) => (since < 1_900 ? 400 : 16))?.[0], 'fast');
  assert.equal(judge((at) => (at % 3 === 0 ? 300 : 16))?.[0], 'fast');
  assert.equal(judge((at) => (at % 3 === 0 ? 16 : 300))?.[0], 'slow');
});

test('who looks away is judged when it looks again', () => {
  // Two pictures, then a minute in the background.
  const [verdict, at] = judge((at) => (at === 1 ? 30_000 : 16)) ?? [];
  assert.equal(verdict, 'fast');
  assert.ok(at > 35_000, String(at));
  assert.equal(judge((at) => (at === 200 ? 10_000 : 16))?.[0], 'fast');
});
