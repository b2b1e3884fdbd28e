import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Absence } from '../../assets/js/arena/spectate.js';

/** Lets `ms` pass; returns whether the watched player is gone at the end. */
function after(absence, ms, known = false) {
  let gone = false;
  for (let passed = 0; passed < ms; passed += 50) gone = absence.gone(known, 50);
  return gone;
}

test('whoever is out of the picture for two seconds is gone', () => {
  const absence = new Absence();
  assert.equal(after(absence, 10_000, true), false);
  assert.equal(after(absence, 2_000), false);
  assert.equal(after(absence, 100), true);
});

test('the dead are not gone until they should be back', () => {
  const absence = new Absence();
  absence.killed(5_000);
  assert.equal(after(absence, 6_900), false);
  assert.equal(after(absence, 200), true);
});

test('another who is watched has two seconds of its own', () => {
  const absence = new Absence();
  after(absence, 1_900);
  absence.reset();
  assert.equal(after(absence, 1_900), false);
});
