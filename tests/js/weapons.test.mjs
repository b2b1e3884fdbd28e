import assert from 'node:assert/strict';
import { test } from 'node:test';

import { protectionOf } from '../../assets/js/arena/protection.js';
import { roundAt } from '../../assets/js/arena/roundtime.js';
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

test('nobody fires while the podium stands, nor until the ships have set out again', () => {
  const made = weapons({ rounds: { play_ticks: 900, podium_ticks: 240, truce_ticks: 15 } });
  const truce = (tick) => made.words({ shield: 0 }, tick) === 'Truce';
  assert.deepEqual([0, 899, 900, 1_139, 1_140, 1_154, 1_155].map(truce), [false, false, true, true, true, true, false]);
  assert.equal(made.charge(new Float64Array(64), { shield: 0 }, 950), 0);
  assert.ok(!weapons({ rounds: { play_ticks: 0, podium_ticks: 240, truce_ticks: 15 } }).words({ shield: 0 }, 950));
});

test('a tick tells the round', () => {
  const rounds = { play_ticks: 900, podium_ticks: 240, truce_ticks: 15 };
  assert.deepEqual(roundAt(rounds, 1_139), { number: 1, ends: 900, next: 1_140, over: true, truce: true });
  assert.deepEqual(roundAt(rounds, 1_200), { number: 2, ends: 2_040, next: 2_280, over: false, truce: false });
  assert.deepEqual([0, 899, 900].map((tick) => roundAt(rounds, tick)?.over), [false, false, true]);
  assert.deepEqual([roundAt({ ...rounds, play_ticks: 0 }, 5), roundAt(undefined, 5)], [null, null]);
});
