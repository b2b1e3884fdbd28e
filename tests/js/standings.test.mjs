import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ownPlace, shortened, standings } from '../../assets/js/arena/standings.js';

const LEADERS = [{ player: 4, name: 'Ada', score: 90 }, { player: 2, name: 'Bo', score: 70 }, { player: 7, name: 'Cy', score: 70 }];

const shown = (own, rowsMax = 8) => shortened(standings(LEADERS, own), rowsMax).map(({ place, name, score, own: mine }) => [place, name, score, mine]);
const others = [[1, 'Ada', 90, false], [2, 'Bo', 70, false], [3, 'Cy', 70, false]];

test('the own row follows the best unless it is among them', () => {
  assert.deepEqual(shown({ player: 9, name: 'Me', score: 1, place: 17 }), [...others, [17, 'Me', 1, true]]);
  assert.deepEqual(shown({ player: 2, name: 'Bo', score: 70, place: 2 }), [others[0], [2, 'Bo', 70, true], others[2]]);
});

test('the own row has the score of now, and the place that goes with it', () => {
  assert.deepEqual(shown({ player: 7, name: 'Cy', score: 150, place: 3 }), [[1, 'Cy', 150, true], [2, 'Ada', 90, false], [3, 'Bo', 70, false]]);
  assert.deepEqual(shown({ player: 9, name: 'Me', score: 80, place: 17 }), [[1, 'Ada', 90, false], [2, 'Me', 80, true], [3, 'Bo', 70, false], [4, 'Cy', 70, false]]);
});

test('equal scores stand in the order of the players\' numbers', () => {
  assert.deepEqual(shown({ player: 3, name: 'Me', score: 70, place: 9 }).map(([place, name]) => [place, name]), [[1, 'Ada'], [2, 'Bo'], [3, 'Me'], [4, 'Cy']]);
});

test('a place that the list does not reach is that of the last ranking', () => {
  assert.deepEqual(shown({ player: 9, name: 'Me', score: 5, place: 17 }, 2), [others[0], others[1], [17, 'Me', 5, true]]);
});

test('nobody stands anywhere before the first list has come', () => {
  assert.deepEqual(standings([], { player: 9, name: 'Me', score: 5, place: 17 }), []);
});

test('the place that is said is that of the board', () => {
  const own = { player: 7, name: 'Cy', score: 150, place: 3 };
  assert.deepEqual([ownPlace(standings(LEADERS, own)), ownPlace(standings(LEADERS, null)), ownPlace([])], [1, 0, 0]);
});

test('a spectator has no row', () => {
  assert.deepEqual(shown(null), others);
});
