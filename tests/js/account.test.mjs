import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The page as far as the account needs it. */
const line = { textContent: '', append() {} };
globalThis.document = { createElement: () => line, querySelector: () => null };
const { Account } = await import('../../assets/js/arena/account.js');

const [EAST, NORTH] = [0, 192];
const standing = (place) => ({ place, players: 12 });

test('hull, hits and place are said, and nothing twice or too often', () => {
  const account = new Account();
  const felt = [];
  account.felt = (damage) => felt.push(damage);
  const said = (now, place = 2) => {
    line.textContent = '';
    account.speak(standing(place), now);
    return line.textContent;
  };
  account.watch(1);
  assert.equal(said(0), '2nd of 12.');
  assert.equal(said(5_000), '');
  account.hit(NORTH, 20);
  account.hit(EAST, 25);
  account.watch(0.55);
  assert.equal(said(10_000), 'Hit from the left. Hull 55%.');
  account.hit(NORTH, 2);
  account.watch(0.53);
  assert.equal(said(11_000), '', 'too soon');
  assert.equal(said(13_000), 'Hit from below.');
  account.watch(0.9);
  assert.equal(said(20_000, 1), 'Hull 90%. 1st of 12.');
  assert.deepEqual(felt, [20, 25, 2]);
});

test('death is said elsewhere', () => {
  const account = new Account();
  account.watch(0.3);
  account.speak(standing(0), 0);
  line.textContent = '';
  account.watch(null);
  account.speak(standing(0), 9_000);
  assert.equal(line.textContent, '');
});
