import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The page as far as the account needs it. */
const line = { textContent: '', append() {} };
globalThis.document = { createElement: () => line, querySelector: () => null };
const { Account } = await import('../../assets/js/arena/account.js');

const ship = (hull) => ({ x: 100, y: 100, hull });
const standing = (place) => ({ place, players: 12 });

test('hull, hits and place are said, and nothing twice or too often', () => {
  const account = new Account();
  const hits = [];
  account.hit = (share) => hits.push(Math.round(share * 100));
  const foes = [{ x: 100, y: 100, own: true }, { x: 20, y: 110 }, { x: 900, y: 100 }];
  const said = (now, place = 2) => {
    line.textContent = '';
    account.tell(standing(place), now);
    return line.textContent;
  };
  account.watch(ship(1), foes);
  assert.equal(said(0), '2nd of 12.');
  assert.equal(said(5_000), '');
  account.watch(ship(0.75), foes);
  account.watch(ship(0.55), foes);
  assert.equal(said(10_000), 'Hit from the left. Hull 55 %.');
  account.watch(ship(0.54), foes);
  account.watch(ship(0.52), foes);
  assert.equal(said(11_000), '', 'too soon');
  assert.equal(said(13_000), 'Hit from the left.');
  account.watch(ship(0.9), foes);
  assert.equal(said(20_000, 1), 'Hull 90 %. 1st of 12.');
  assert.deepEqual(hits, [25, 20, 2]);
});

test('death is said elsewhere', () => {
  const account = new Account();
  account.watch(ship(0.3), []);
  account.tell(standing(0), 0);
  line.textContent = '';
  account.watch(null, []);
  account.tell(standing(0), 9_000);
  assert.equal(line.textContent, '');
});
