import assert from 'node:assert/strict';
import { test } from 'node:test';

import { protectionOf } from '../../assets/js/arena/protection.js';
import { Weapons } from '../../assets/js/arena/weapons.js';
import { schema } from './arena.mjs';

const HZ = 30;
const RULES = { rail_pause_s: 3, protection_s: 2, overdrive_s: 8 };

function weapons(map = {}) {
  const made = new Weapons(schema);
  made.set({ map: { rules: RULES, ...map }, tick_hz: HZ });
  return made;
}

test('a protected ship may fire, one that appeared with the button down may not yet', () => {
  assert.deepEqual(protectionOf(60, 60, HZ), { state: 'protected', seconds: 2 });
  assert.deepEqual(protectionOf(75, 60, HZ), { state: 'locked', seconds: 0.5 });
  assert.deepEqual(protectionOf(0, 60, HZ), { state: 'none', seconds: 0 });
});

test('the words at the ship say what is not ready, and when it is', () => {
  const made = weapons();
  assert.equal(made.words({ shield: 42 }, 100), 'Protected 1.4 s');
  assert.equal(made.words({ shield: 72 }, 100), 'Let go of fire · 0.4 s');
  assert.equal(made.words({ shield: 0 }, 100), '');
});

test('the rail looks ready only if it works', () => {
  const numbers = new Float64Array(64);
  const made = weapons();
  assert.equal(made.charge(numbers, { shield: 0 }, 1_000), 1);
  assert.equal(made.charge(numbers, { shield: 30 }, 1_000), 1);
  assert.equal(made.charge(numbers, { shield: 70 }, 1_000), 0);
});

test('nobody fires while the podium stands, nor in the half second after', () => {
  const made = weapons({ round_ticks: 900, podium_ticks: 240 });
  const truce = (tick) => made.words({ shield: 0 }, tick) === 'Truce';
  assert.deepEqual([0, 899, 900, 1_139, 1_140, 1_154, 1_155].map(truce), [false, false, true, true, true, true, false]);
  assert.ok(!weapons({ round_ticks: 0, podium_ticks: 240 }).words({ shield: 0 }, 950));
});
