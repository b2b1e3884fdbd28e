// The live room behind the title.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

const heard = new Map();
const listen = (name, act) => heard.set(name, act);
globalThis.addEventListener = listen;
globalThis.document = { hidden: false, addEventListener: listen };
const { Preview } = await import('../../assets/js/arena/preview.js');

let calls;
let wanted;
let preview;

beforeEach(() => {
  calls = [];
  wanted = true;
  document.hidden = false;
  const session = { join: ({ room, spectate }) => calls.push(['join', room, spectate]), leave: () => calls.push(['leave']) };
  preview = new Preview(session, () => wanted);
});

afterEach(() => preview.end());

test('it watches a room, and what happens to it is no affair of the player', () => {
  preview.start('den');
  assert.deepEqual(calls, [['join', 'den', true]]);
  for (const name of ['connecting', 'open', 'playing', 'waiting']) assert.equal(preview.takes({ name }), true, name);
  assert.deepEqual(calls.length, 1);
});

test('a refusal leaves the sky empty, and is not asked for again by moving', () => {
  preview.start('');
  assert.equal(preview.takes({ name: 'ended', then: 'elsewhere' }), true);
  assert.deepEqual(calls.at(-1), ['leave']);
  assert.equal(preview.on, false);
  heard.get('pointermove')();
  assert.equal(calls.length, 2);
});

test('a page that is too old is said, since playing would fail as well', () => {
  preview.start('');
  assert.equal(preview.takes({ name: 'ended', then: 'reload' }), false);
});

test('a game takes the session over', () => {
  preview.start('');
  preview.end();
  assert.equal(preview.takes({ name: 'open' }), false);
  assert.deepEqual(calls, [['join', '', true]]);
});

test('the seat is given back after two minutes, and taken again when somebody is there', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  preview.start('den');
  t.mock.timers.tick(119_000);
  heard.get('pointermove')();
  t.mock.timers.tick(119_000);
  assert.equal(preview.on, true);
  t.mock.timers.tick(2_000);
  assert.equal(preview.on, false);
  assert.deepEqual(calls.at(-1), ['leave']);
  heard.get('input')();
  assert.deepEqual(calls.at(-1), ['join', 'den', true]);
});

test('a hidden page looks at nothing', () => {
  preview.start('');
  document.hidden = true;
  heard.get('visibilitychange')();
  assert.deepEqual(calls.at(-1), ['leave']);
  preview.start('');
  assert.equal(calls.length, 2);
  document.hidden = false;
  heard.get('visibilitychange')();
  assert.deepEqual(calls.at(-1), ['join', '', true]);
});

test('a tab in the background waits until somebody looks', () => {
  document.hidden = true;
  preview.start('den');
  assert.deepEqual(calls, []);
  document.hidden = false;
  heard.get('visibilitychange')();
  assert.deepEqual(calls, [['join', 'den', true]]);
});

test('who wants no motion sees none', () => {
  wanted = false;
  preview.start('');
  assert.deepEqual(calls, []);
});
