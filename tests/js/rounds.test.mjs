// Rounds and death as the page shows them, of what a client is sent in all kinds of order.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { fakePage } from './page.mjs';

const page = fakePage();
const { Death } = await import('../../assets/js/arena/death.js');
const { Rounds } = await import('../../assets/js/arena/rounds.js');

const [HZ, PLAY, PODIUM] = [20, 120, 160];
const RULE = { play_ticks: PLAY, podium_ticks: PODIUM, truce_ticks: 10 };
const NEXT = PLAY + PODIUM;
const ADA = { player: 1, name: 'Ada', score: 30 };
const PODIUM_NOW = { rows: [ADA, { player: 2, name: 'Bo', score: 5 }], next: NEXT };
const OWN = { score: 5, place: 2, players: 4 };

let said;
let rounds;
const shows = (id) => !page(id).hidden;
const text = (id) => page(id).textContent;

beforeEach(() => {
  page.clear();
  said = [];
  rounds = new Rounds({ say: (words) => said.push(words) });
  rounds.reset(RULE);
});

test('a spectator has the clock and the podium, and no line of its own', () => {
  rounds.update(20, HZ, null, [ADA]);
  assert.deepEqual([shows('round'), text('round'), shows('podium'), shows('best')], [true, '0:05', false, false]);
  rounds.take(PODIUM_NOW, null, null);
  rounds.update(PLAY + 20, HZ, null, [ADA]);
  assert.deepEqual([shows('round'), shows('podium'), rounds.over], [false, true, true]);
  assert.equal(text('podium-head'), 'Ada wins the round');
  assert.deepEqual([text('podium-own'), text('podium-best'), text('podium-next')], ['', '', '7']);
  rounds.update(NEXT, HZ, null, []);
  assert.deepEqual([shows('round'), text('round'), shows('podium')], [true, '0:06', false]);
  assert.deepEqual(said, ['New round: all scores start at 0']);
});

test('who resumes during the podium has it again, and the next round begins for it once', () => {
  rounds.take(PODIUM_NOW, 2, OWN);
  rounds.update(PLAY + 20, HZ, OWN, [ADA]);
  rounds.reset(RULE);
  assert.deepEqual([shows('podium'), rounds.over], [false, false]);
  rounds.update(PLAY + 60, HZ, OWN, [ADA]);
  assert.equal(shows('round'), false, 'the play is over, whether or not the podium is there yet');
  rounds.take(PODIUM_NOW, 2, OWN);
  assert.ok(shows('podium') && text('podium-own').includes('2nd of 4'), text('podium-own'));
  const steps = page('podium-steps').children;
  assert.equal(steps.length, 2);
  // Somebody else arrives, for whom the room is sent it again.
  rounds.take(PODIUM_NOW, 2, OWN);
  assert.equal(page('podium-steps').children, steps, 'the steps rise once');
  for (const tick of [NEXT - 1, NEXT, NEXT + 1]) rounds.update(tick, HZ, OWN, [ADA]);
  assert.deepEqual([shows('podium'), shows('round'), said.length], [false, true, 1]);
});

test('who resumes only in the next round, or missed the podium, has the clock of that round', () => {
  rounds.take(PODIUM_NOW, 2, OWN);
  rounds.reset(RULE);
  rounds.update(NEXT + 40, HZ, OWN, []);
  assert.deepEqual([shows('podium'), text('round'), said.length], [false, '0:04', 0]);
});

test('who is dead when a round begins sees its ship, not its killer of the round before', () => {
  const death = new Death();
  const update = (more, tick) => death.update({ respawn_tick: 0, killer: 0, streak: 0, ...more }, tick, HZ, () => 'Bo');
  death.killed({ killer: 2, killer_name: 'Bo', rail: true, hull: 40 });
  update({ respawn_tick: NEXT + 40, killer: 3 }, NEXT - 20);
  assert.deepEqual([shows('death'), text('countdown')], [true, '3']);
  assert.ok(text('killer').includes('Bo') && text('killer-left').includes('40'));
  update({}, NEXT);
  assert.deepEqual([shows('death'), text('killer-left')], [false, '']);
  // Whoever fired has left.
  update({ respawn_tick: NEXT + 100 }, NEXT + 60);
  assert.ok(shows('death') && !text('killer').includes('Bo'), text('killer'));
});
