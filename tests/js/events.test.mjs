import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Events } from '../../assets/js/arena/events.js';

globalThis.document = { hidden: true };

/** The weapon that the kill feed names for the kill of player 3. */
function means(hits, killer) {
  const seen = [];
  const events = new Events({ hud: { kill: (_kill, _player, by) => seen.push(by) }, death: {}, grid: 16 });
  for (const hit of hits) events.take({ event: { Hit: { to: 3, ...hit } } }, 1);
  events.take({ event: { Kill: { killer, victim: 3 } } }, 1);
  return seen[0];
}

test('the kill feed names the weapon of the killer', () => {
  assert.equal(means([{ by: 1, rail: true }], 1), 'rail');
  assert.equal(means([{ by: 1, rail: true }, { by: 1, rail: false }], 1), 'gun');
});

test('the hit of another says nothing of it', () => {
  assert.equal(means([{ by: 1, rail: true }], 2), '');
  assert.equal(means([{ by: 1, rail: true }], null), '');
  assert.equal(means([], 2), '');
});
