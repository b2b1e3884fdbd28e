// What the browser keeps of a player; another page of the same origin may have stored anything there.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { keep, recall, recallTexts } from '../../assets/js/arena/store.js';

let stored;

beforeEach(() => {
  stored = new Map();
  globalThis.localStorage = { getItem: (name) => stored.get(name) ?? null, setItem: (name, text) => stored.set(name, text) };
});

afterEach(() => delete globalThis.localStorage);

test('what was kept is there the next time, under a name of the page', () => {
  keep('hints', ['fly']);
  assert.deepEqual([...stored], [['drumbeat.hints', '["fly"]']]);
  assert.deepEqual([recall('hints'), recall('other')], [['fly'], null]);
});

test('a browser that stores nothing, or something else, is no obstacle', () => {
  stored.set('drumbeat.name', '{');
  assert.equal(recall('name'), null);
  for (const name of ['getItem', 'setItem']) {
    localStorage[name] = () => {
      throw new Error('no storage here');
    };
  }
  keep('name', 'Ada');
  assert.equal(recall('name'), null);
  delete globalThis.localStorage;
  keep('name', 'Ada');
  assert.equal(recall('name'), null);
});

test('a list of texts is one, whatever is stored', () => {
  keep('muted', ['Bob', 'Eve']);
  assert.deepEqual(recallTexts('muted'), ['Bob', 'Eve']);
  for (const found of [null, 7, 'Bob', {}, { length: 2 }, true]) {
    keep('muted', found);
    assert.deepEqual(recallTexts('muted'), [], JSON.stringify(found));
  }
  keep('muted', ['Bob', 7, null, ['Eve']]);
  assert.deepEqual(recallTexts('muted'), ['Bob']);
});
