// What the course of the game brings over the picture: the parts of it that need no page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SILENT_MS, Silence } from '../../assets/js/arena/aside.js';
import { Best } from '../../assets/js/arena/best.js';
import { Company } from '../../assets/js/arena/company.js';
import { bytesOf } from '../../assets/js/arena/limits.js';
import { Roster } from '../../assets/js/arena/roster.js';
import { standings } from '../../assets/js/arena/standings.js';
import { tabTitle } from '../../assets/js/arena/tab.js';

function memory() {
  const all = {};
  return { all, recall: (name) => all[name] ?? null, keep: (name, value) => (all[name] = value) };
}

test('silence is what the page has listened to, not what it has slept', () => {
  const silence = new Silence();
  for (let i = 0; i < 40; i += 1) silence.pass(16);
  assert.equal(silence.ms, 640);
  silence.heard();
  assert.equal(silence.ms, 0);
  // A page that stood still for a minute has frames waiting that it has not read.
  silence.pass(60_000);
  assert.ok(silence.ms < SILENT_MS);
  for (let i = 0; i < 4; i += 1) silence.pass(250);
  assert.ok(silence.ms >= SILENT_MS);
});

test('the best of the day is beaten once a round, and forgotten the next day', () => {
  const store = memory();
  let now = new Date(2026, 0, 31, 22);
  const best = new Best(store, () => now);
  best.begin();
  // The first score of a day beats nobody.
  assert.deepEqual([best.take(100), best.take(200), best.today], [false, false, 200]);
  best.begin();
  assert.deepEqual([best.take(150), best.isNew, best.today], [false, false, 200]);
  assert.deepEqual([best.take(205), best.take(300)], [true, false]);
  assert.deepEqual([best.isNew, best.today], [true, 300]);
  now = new Date(2026, 1, 1, 1);
  assert.equal(best.today, 0);
  best.begin();
  assert.deepEqual([best.take(5), best.today], [false, 5]);
});

test('what another program has stored as the best is no best', () => {
  for (const stored of ['x', 7, { day: 5 }, { day: '2026-1-1', score: 'many' }, { day: '2026-1-1', score: -3 }]) {
    const store = memory();
    store.all.best = stored;
    assert.equal(new Best(store, () => new Date(2026, 0, 1)).today, 0);
  }
});

test('the roster lists people before bots, leaders by place, then whoever was seen', () => {
  const roster = new Roster();
  roster.reset({ house: 100 });
  roster.sign(3, 'Zed', 0);
  roster.sign(4, 'Ann', 0);
  roster.sign(null, '', 0);
  roster.sign(5, null, 0);
  const rows = (leaders, people = null, all = 0) => roster.list(20, standings(leaders, null), people, all).map(({ name, place, score, bot }) => [name, place, score, bot]);
  const both = [{ player: 101, name: 'Flint', score: 90 }, { player: 3, name: 'Zed', score: 40 }];
  assert.deepEqual(rows(both), [['Zed', 2, 40, false], ['Ann', 0, null, false], ['Flint', 1, 90, true]]);
  assert.deepEqual(rows([{ player: 3, name: 'Zed', score: 95 }]), [['Zed', 1, 95, false], ['Ann', 0, null, false], ['Flint', 0, null, true]]);
  // What the server lists counts more than what was seen, except for bots.
  const listed = new Map([[3, 'Zed'], [9, 'Bo']]);
  const three = [['Zed', 2, 40, false], ['Bo', 0, null, false], ['Flint', 1, 90, true]];
  assert.deepEqual([0, 4].map((all) => rows(both, listed, all)), [three, three]);
  // Of one bot, the second is gone.
  assert.deepEqual(rows(both, listed, 3), three.slice(0, 2));
});

test('who has another\'s seat has not its score, and who has left is forgotten', () => {
  const roster = new Roster();
  roster.reset({ house: 100 });
  roster.list(0, standings([{ player: 3, name: 'Zed', score: 40 }], null), null, 0);
  roster.sign(3, 'Eve', 50_000);
  assert.deepEqual(roster.list(60_000, [], null, 0).map(({ name, score }) => [name, score]), [['Eve', null]]);
  assert.deepEqual(roster.list(200_000, [], null, 0), []);
  roster.reset({});
  assert.equal(roster.isBot(200, 'Ada'), false);
});

/** The note as it reads. */
function noted(company, now, concerns = () => true) {
  return company.note(now, concerns).map(({ name, words }) => `${name} ${words}`).join(' · ');
}

test('who comes and goes is said in one note, not too often, and not of who was there before', () => {
  const company = new Company();
  const says = (now, list, concerns = () => true) => {
    company.list = new Map(list.map((name, player) => [player, name]).filter(([, name]) => name));
    return noted(company, now, concerns);
  };
  assert.equal(noted(company, 0), '');
  assert.equal(says(0, ['Me', 'Ada']), '');
  assert.equal(says(100, ['Me', 'Ada', 'Bo']), 'Bo has joined');
  assert.equal(says(200, ['Me', 'Ada', 'Bo', 'Cy']), '');
  assert.equal(says(300, ['Me', null, 'Bo', 'Cy', 'Di', 'Ed']), '');
  assert.equal(noted(company, 2_099), '');
  assert.equal(noted(company, 2_100), 'Cy and 2 others have joined · Ada has left');
  assert.equal(noted(company, 9_000), '');
  // Another has the seat of one who has left.
  assert.equal(says(9_000, ['Me', 'Eve', 'Bo']), 'Eve has joined · Cy and 2 others have left');
  assert.equal(says(20_000, ['Me', 'Eve', 'Bo', 'Troll'], (_, name) => name !== 'Troll'), '');
  assert.equal(says(20_001, ['Me', 'Eve', 'Bo', 'Troll', 'Fay'], (_, name) => name !== 'Troll'), 'Fay has joined');
  company.reset();
  assert.equal(says(30_000, ['Me']), '');
});

test('in a room of many players there are fewer notes', () => {
  const company = new Company();
  const list = (size) => new Map(Array.from({ length: size }, (_, player) => [player, `p${player}`]));
  const notes = [0, 1_000, 11_199, 11_300].map((now, more) => {
    company.list = list(100 + more);
    return noted(company, now);
  });
  assert.deepEqual(notes, ['', 'p100 has joined', '', 'p101 and 1 other have joined']);
});

test('the count of players is of all, and says how many bots nobody has met', async () => {
  const { counts } = await import('../../assets/js/arena/players.js');
  const list = [{ bot: false }, { bot: false }, { bot: true }];
  assert.equal(counts(list, 5, true), '2 players and 3 bots, 1 seen so far');
  assert.equal(counts(list, 3, true), '2 players and 1 bot');
  assert.equal(counts(list.slice(0, 2), 0, true), '2 players');
  assert.equal(counts(list, 0, true), '2 players, and 1 bot seen so far');
  assert.equal(counts(list, 5, false), '3 of 5 players seen so far');
  assert.equal(counts(list, 3, false), '3 players');
});

test('the next to overtake is the one just ahead', async () => {
  const { goal } = await import('../../assets/js/arena/rounds.js');
  const others = [{ player: 1, name: 'Ada', score: 90 }, { player: 2, name: 'Bo', score: 40 }];
  const next = (score, leaders = others) => goal(standings(leaders, { player: 5, name: 'Me', score, place: 9 }));
  assert.equal(next(30), '11 points to overtake Bo');
  assert.equal(next(40), '1 point to overtake Bo');
  assert.equal(next(41), '50 points to overtake Ada');
  assert.equal(next(91), 'You lead');
  const alone = [{ player: 5, name: 'Me', score: 40 }];
  assert.deepEqual([next(0, []), next(50, []), next(50, alone), goal(standings(others, null))], ['', '', '', '']);
});

test('the tab says how the game stands', () => {
  assert.equal(tabTitle('title', 0, 0, true), 'Drumbeat');
  assert.equal(tabTitle('playing', 2, 12, false), '2nd of 12 · Drumbeat');
  assert.equal(tabTitle('playing', 0, 0, false), 'Drumbeat');
  assert.equal(tabTitle('playing', 2, 12, true), 'You were destroyed · Drumbeat');
  assert.equal(tabTitle('waiting', 0, 0, false), 'Reconnecting… · Drumbeat');
});

test('a text is measured as the server does', () => {
  assert.deepEqual(['abc', 'é', '🚀', ''].map(bytesOf), [3, 2, 4, 0]);
});
