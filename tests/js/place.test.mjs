import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Place } from '../../assets/js/net/place.js';

const URL = 'ws://localhost/ws';
const TOKEN = Array.from({ length: 16 }, (_, at) => at);

class FakeStorage {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => void this.items.set(key, value);
  removeItem = (key) => void this.items.delete(key);
}

const welcome = (resume = { token: TOKEN, keep_s: 20 }) => ({ resume, room: 'main', name: 'Ada L.' });

test('a place outlasts the page, for as long as the server keeps it', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const storage = new FakeStorage();
  const place = new Place(URL, storage);
  assert.equal(place.open, null);
  place.take(welcome(), 'Ada', '');
  t.mock.timers.tick(5_000);
  place.alive(77);
  const later = new Place(URL, storage);
  t.mock.timers.tick(19_999);
  assert.deepEqual([later.open?.room, later.open?.name], ['main', 'Ada']);
  assert.deepEqual([later.in('main')?.token, later.in('')?.tick], [TOKEN, 77]);
  assert.equal(later.in('another'), null);
  assert.equal(later.in('main', 'Bea'), null);
  assert.equal(later.in('main', 'Ada')?.room, 'main');
  t.mock.timers.tick(1);
  assert.equal(later.open, null);
  assert.equal(later.in('main')?.room, 'main', 'the server may still keep it');
  t.mock.timers.tick(5_001);
  assert.equal(later.in('main'), null);
});

test('a place is another on another server, and gone once it is given up', () => {
  const storage = new FakeStorage();
  const place = new Place(URL, storage);
  place.take(welcome(), 'Ada', '');
  assert.equal(new Place('ws://elsewhere/ws', storage).in(''), null);
  place.forget();
  assert.equal(new Place(URL, storage).in(''), null);
  place.take(welcome(), 'Ada', '');
  place.take(welcome(null), 'Ada', '');
  assert.equal(place.in(''), null, 'the server keeps no places');
});

test('without storage a place lasts as long as the page', () => {
  const forbidden = {
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => {
      throw new Error('forbidden');
    },
    removeItem() {},
  };
  for (const storage of [null, forbidden]) {
    const place = new Place(URL, storage);
    place.take(welcome(), 'Ada', '');
    assert.equal(place.in('main')?.token, TOKEN);
  }
  const broken = new FakeStorage();
  for (const stored of ['{', '5', 'null', '{"token": [1]}']) {
    broken.items.set(`drumbeat.place ${URL}`, stored);
    assert.equal(new Place(URL, broken).in(''), null, stored);
  }
});
