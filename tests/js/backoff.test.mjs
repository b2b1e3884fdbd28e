import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Backoff } from '../../assets/js/net/backoff.js';

const delays = (random, count) => {
  const backoff = new Backoff(random);
  return Array.from({ length: count }, () => backoff.next());
};

test('delays double from half a second up to fifteen', () => {
  assert.deepEqual(delays(() => 1, 8), [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test('jitter takes off at most a half', () => {
  assert.deepEqual(delays(() => 0, 7), [250, 500, 1000, 2000, 4000, 7500, 7500]);
  assert.deepEqual(delays(() => 0.5, 2), [375, 750]);
});

test('a floor holds even for a short delay', () => {
  assert.equal(new Backoff(() => 0).next(3000), 3000);
});

test('after a reset the delays start again', () => {
  const backoff = new Backoff(() => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 500);
});
