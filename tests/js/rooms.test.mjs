import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayLook, offered } from '../../assets/js/arena/rooms.js';

const room = (name, players, capacity = 64) => ({ name, players, capacity, spectators: 0, spectators_max: 16 });

test('the title watches only a room that is there and has seats to spare', () => {
  const seats = (name, spectators) => ({ ...room(name, 3), spectators });
  assert.equal(mayLook([seats('main', 7)], 'main'), true);
  assert.equal(mayLook([seats('main', 8)], 'main'), false);
  assert.equal(mayLook([seats('main', 0)], 'den'), false);
  assert.equal(mayLook([seats('main', 8), seats('main-2', 0)], ''), true);
  assert.equal(mayLook([seats('main', 8)], ''), false);
  // A fresh server has no room, and one may hide its list: the default room is no secret.
  assert.deepEqual([mayLook([], ''), mayLook(null, ''), mayLook(null, 'den')], [true, true, false]);
});

test('one room is no choice', () => {
  assert.deepEqual(offered([], ''), []);
  assert.deepEqual(offered([room('main', 3)], ''), []);
  assert.deepEqual(offered([room('friends', 3)], 'friends'), []);
});

test('the fullest room comes first, and one without a seat is marked', () => {
  const shown = offered([room('b', 2), room('full', 4, 4), room('a', 2)], '');
  assert.deepEqual(shown.map(({ name, full }) => [name, full]), [['full', true], ['a', false], ['b', false]]);
});

test('an invitation comes before all, also while nobody is there', () => {
  assert.deepEqual(offered([room('main', 9), room('den', 1)], 'den').map(({ name }) => name), ['den', 'main']);
  assert.deepEqual(offered([room('main', 9)], 'new'), [{ name: 'new', players: 0, full: false }, { name: 'main', players: 9, full: false }]);
});
