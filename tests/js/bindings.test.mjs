import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ACTIONS, Bindings } from '../../assets/js/arena/bindings.js';

function memory(saved = {}) {
  return { saved, recall: (name) => saved[name] ?? null, keep: (name, value) => (saved[name] = structuredClone(value)) };
}

test('at first every action has its keys, and no key two actions', () => {
  const bindings = new Bindings(memory());
  const codes = ACTIONS.flatMap(({ action }) => bindings.codes(action)).filter(Boolean);
  assert.equal(new Set(codes).size, codes.length);
  assert.equal(bindings.action('KeyE'), 'rail');
  assert.equal(bindings.action('Mouse2'), 'rail');
  assert.equal(bindings.action(''), undefined);
});

test('a key goes to one action and is taken from the other', () => {
  const bindings = new Bindings(memory());
  assert.equal(bindings.bind('boost', 1, 'KeyF'), 'screen');
  assert.equal(bindings.action('KeyF'), 'boost');
  assert.deepEqual(bindings.names('screen'), []);
  assert.equal(bindings.bind('boost', 0, 'KeyF'), null);
  assert.deepEqual(bindings.codes('boost'), ['KeyF', '']);
});

test('what was chosen is kept, only what differs, and given back on a reset', () => {
  const store = memory();
  const bindings = new Bindings(store);
  bindings.bind('fire', 1, 'KeyX');
  assert.deepEqual(store.saved.keys, { fire: ['Mouse0', 'KeyX'] });
  assert.equal(new Bindings(store).action('KeyX'), 'fire');
  bindings.reset();
  assert.deepEqual(store.saved.keys, {});
  assert.equal(bindings.action('KeyJ'), 'fire');
});

test('what was kept wrongly is passed over', () => {
  for (const keys of [null, 7, { fire: 'KeyX' }, { fire: ['KeyX'] }, { fire: ['KeyX', 3] }]) {
    assert.equal(new Bindings(memory({ keys })).action('KeyJ'), 'fire');
  }
});

test('what a player chose has its key, although another action has it by default', () => {
  const bindings = new Bindings(memory({ keys: { fire: ['Mouse0', 'Space'] } }));
  assert.equal(bindings.action('Space'), 'fire');
  assert.deepEqual(bindings.codes('boost'), ['', 'ShiftLeft']);
});

test('Tab, F5 and Esc: the first is free, since it lists the players; no default needs Shift alone', () => {
  const bindings = new Bindings(memory());
  assert.deepEqual(['Tab', 'F5', 'F6'].map((code) => bindings.isFree(code)), [true, false, false]);
  assert.deepEqual(bindings.codes('players'), ['Tab', 'KeyP']);
  assert.deepEqual(bindings.codes('chat'), ['Enter', 'NumpadEnter']);
  for (const { action, codes } of ACTIONS) assert.ok(codes.filter(Boolean).some((code) => !code.startsWith('Shift')), action);
});

test('keys of the page and the browser are not given away', () => {
  const bindings = new Bindings(memory());
  assert.deepEqual(['Escape', 'F5', 'CapsLock', '', 'KeyP', 'Mouse3'].map((code) => bindings.isFree(code)), [false, false, false, false, true, true]);
});

test('keys have names, of the keyboard where it tells them', () => {
  const bindings = new Bindings(memory());
  const codes = ['KeyW', 'Digit4', 'Comma', 'ArrowUp', 'Mouse2', 'Mouse4', 'NumpadAdd'];
  const names = () => codes.map((code) => bindings.name(code));
  assert.deepEqual(names(), ['W', '4', 'Comma', '↑', 'Right button', 'Button 5', 'Numpad Add']);
  let changes = 0;
  bindings.changed = () => (changes += 1);
  bindings.layout.learn(new Map([['KeyW', 'z'], ['Comma', ';']]));
  assert.deepEqual(names(), ['Z', '4', ';', '↑', 'Right button', 'Button 5', 'Numpad Add']);
  assert.equal(changes, 1);
});
