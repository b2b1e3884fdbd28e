// The leaderboard: the best, and the own row wherever it stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { standings } from '../../assets/js/arena/standings.js';
import { fakePage } from './page.mjs';

const page = fakePage();
const { Board } = await import('../../assets/js/arena/board.js');

const others = (...scores) => scores.map((score, i) => ({ player: i + 10, name: `p${i}`, score }));
const me = (score, place) => ({ player: 1, name: 'Me', score, place });

/** The rows as they read, the leader's with a crown, the own one with a star. */
function shown(board, leaders, own) {
  board.show(standings(leaders, own));
  const marks = ({ classList }) => `${classList.contains('leads') ? '^' : ''}${classList.contains('own') ? '*' : ''}`;
  return page('leaders').children.map((row) => `${marks(row)}${row.children.map(({ textContent }) => textContent).join(' ')}`);
}

test('the best lead, the own row is there, and rows that are no more are gone', () => {
  const board = new Board();
  assert.deepEqual(shown(board, others(90, 40), me(50, 3)), ['^1 p0 90', '*2 Me 50', '3 p1 40']);
  const many = shown(board, others(90, 80, 70, 60, 50, 40, 30, 20, 10), me(0, 33));
  assert.deepEqual([many.length, many[7], many[8]], [9, '8 p7 20', '*33 Me 0']);
  assert.deepEqual(shown(board, others(90), null), ['^1 p0 90']);
  assert.deepEqual(shown(board, [], me(0, 1)), []);
});

test('whoever is first without points does not lead', () => {
  const board = new Board();
  assert.deepEqual(shown(board, others(0), me(0, 1)), ['*1 Me 0', '2 p0 0']);
  assert.deepEqual(shown(board, others(0), me(5, 1)), ['^*1 Me 5', '2 p0 0']);
});
