import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Greetings } from '../../assets/js/net/greetings.js';

test('a connection takes three more hellos in half a minute, as the server does', () => {
  const greetings = new Greetings();
  for (const now of [1_000, 2_000, 3_000]) {
    assert.equal(greetings.may(now), true, String(now));
    greetings.say(now);
  }
  assert.deepEqual([3_001, 31_000, 31_001].map((now) => greetings.may(now)), [false, false, true]);
  greetings.say(31_001);
  // The second was said a second after the first.
  assert.deepEqual([32_000, 32_001].map((now) => greetings.may(now)), [false, true]);
});

test('another connection has heard none', () => {
  const greetings = new Greetings();
  for (let i = 0; i < 3; i += 1) greetings.say(0);
  assert.equal(greetings.may(1), false);
  greetings.restart();
  assert.equal(greetings.may(1), true);
});
