import assert from 'node:assert/strict';
import { test } from 'node:test';

import { blame, charged, epitaph, placeText, points, secondsUntil, streakText, tally } from '../../assets/js/arena/format.js';
import { fade } from '../../assets/js/arena/palette.js';
import { EN } from '../../assets/js/arena/texts/en.js';

test('places are ordinals', () => {
  const words = [1, 2, 3, 4, 11, 12, 13, 21, 102, 113].map(EN.ordinal);
  assert.deepEqual(words, ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '113th']);
  assert.equal(placeText(3, 42), '3rd of 42');
  assert.equal(placeText(0, 42), '');
  assert.equal(placeText(5, 4), '5th of 5');
});

test('points are grouped', () => {
  assert.equal(points(0), '0');
  assert.equal(points(1234567), '1,234,567');
});

test('the countdown ends at zero and rounds up', () => {
  assert.equal(secondsUntil(160, 100, 30), 2);
  assert.equal(secondsUntil(161, 100, 30), 3);
  assert.equal(secondsUntil(90, 100, 30), 0);
});

test('the tally counts in words', () => {
  assert.equal(tally(1, 0, 1), '1 kill · 0 deaths');
  assert.equal(tally(12, 1, 3), '12 kills · 1 death · streak 3');
});

test('a colour fades', () => {
  assert.equal(fade('#ff4b8b', 0.5), 'rgba(255, 75, 139, 0.5)');
});

test('what was missed is counted', () => {
  assert.equal(EN.chat.missed(1), '1 event was missed');
  assert.equal(EN.chat.missed(1_200), '1,200 events were missed');
});

test('a killer is named if there is one', () => {
  assert.equal(blame(false, null), 'by somebody who has left');
  assert.equal(blame(true, 'Ada'), 'by Ada');
  assert.equal(blame(true, 'Ada', 'rail'), 'by Ada, with the rail');
  assert.equal(blame(true, null), 'by another player');
  assert.equal(blame(true, ''), 'by another player');
});

test('streaks are called out in measure', () => {
  const own = [1, 2, 3, 4, 5, 10].map((streak) => streakText(streak, ''));
  assert.deepEqual(own, ['', '', 'Three in a row!', '', 'Five in a row!', 'Ten in a row!']);
  assert.deepEqual([3, 5].map((streak) => streakText(streak, 'Ada')), ['', 'Ada: five in a row']);
  assert.deepEqual([0, 1, 4].map(epitaph), ['', '', 'Your streak ended at 4']);
});

test('a weapon charges from its shot until it is ready', () => {
  const ready = 16 * 130;
  assert.deepEqual([80, 100, 115, 130, 140].map((tick) => charged(ready, tick, 30)), [1, 0, 0.5, 1, 1]);
});

test('a weapon charges in the same way when its clock wraps around', () => {
  const wrap = 2 ** 31 / 16;
  for (const turn of [wrap, 2 * wrap, 7 * wrap]) {
    for (const readyAt of [turn - 10, turn, turn + 10]) {
      const ready = (16 * readyAt) % 2 ** 31;
      assert.deepEqual([-31, -30, -15, 0, 10, wrap / 2].map((left) => charged(ready, readyAt + left, 30)), [0, 0, 0.5, 1, 1, 1], `at ${readyAt}`);
    }
  }
});
