import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Events } from '../../assets/js/arena/events.js';

globalThis.document = { hidden: true };

const ME = 1;

/** What the marks around the own ship hear of these events. */
function marked(...happened) {
  const noted = [];
  const heard = [];
  const marks = { hit: (...args) => noted.push(args.slice(0, 2)), killed: (fate) => noted.push(fate) };
  const account = { hit: (...args) => heard.push(args) };
  const events = new Events({ account, hud: { kill() {} }, death: { killed() {} }, marks, grid: 16 });
  for (const event of happened) events.take({ event }, ME);
  assert.deepEqual(heard, noted.filter(Array.isArray), 'what is marked is also said');
  return noted;
}

const KILL = { killer: 2, killer_name: 'Ada', victim: ME, victim_name: 'Me', x: 160, y: 320, streak: 1, rail: true, hull: 40, from_x: 1600, from_y: 16 };

test('a hit on the own ship is marked with its direction', () => {
  assert.deepEqual(marked({ Hit: { to: ME, by: 2, aim: 64, damage: 10 } }), [[64, 10]]);
  assert.deepEqual(marked({ Hit: { to: 2, by: ME, aim: 64, damage: 10 } }), []);
  assert.deepEqual(marked({ Hit: { to: ME, by: 2, aim: 64, damage: 0 } }), [], 'one that does nothing');
});

test('who destroyed the own ship is marked, in world units', () => {
  assert.deepEqual(marked({ Kill: KILL }), [{ killer: 2, x: 10, y: 20, fromX: 100, fromY: 1, hull: 0.4, rail: true }]);
  assert.deepEqual(marked({ Kill: { ...KILL, victim: 3 } }), []);
  assert.deepEqual(marked({ Kill: { ...KILL, killer: null } }), []);
});

test('whoever is first leads, but for a room without points', () => {
  const events = new Events({});
  const leader = (...scores) => {
    events.take({ event: { Leaders: scores.map((score, i) => ({ player: i + 3, name: `p${i}`, score })) } }, ME);
    return events.leader;
  };
  assert.deepEqual([events.leader, leader(), leader(0, 0), leader(5, 0)], [null, null, null, 3]);
});
