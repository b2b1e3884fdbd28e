import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Layout } from '../../assets/js/arena/layout.js';

function memory(saved = {}) {
  return { saved, recall: (name) => saved[name] ?? null, keep: (name, value) => (saved[name] = structuredClone(value)) };
}

/** The event of a pressed key. */
const key = (code, typed, ...modifiers) => ({ code, key: typed, getModifierState: (name) => modifiers.includes(name) });

function pressed(...keys) {
  const layout = new Layout(memory());
  for (const [code, typed, ...modifiers] of keys) layout.press(key(code, typed, ...modifiers));
  return layout;
}

const labels = (layout, ...codes) => codes.map((code) => layout.label(code));

test('a US keyboard is what nobody needs to tell of', () => {
  assert.deepEqual(labels(new Layout(memory()), 'KeyW', 'Digit4', 'Comma', 'ArrowUp'), ['W', '4', undefined, undefined]);
});

test('a key that is pressed tells its label, and whose place it has taken', () => {
  const azerty = pressed(['KeyW', 'z'], ['KeyA', 'q'], ['Digit2', 'é']);
  assert.deepEqual(labels(azerty, 'KeyW', 'KeyA', 'KeyS', 'KeyQ', 'KeyZ', 'Digit2'), ['Z', 'Q', 'S', 'A', 'W', 'É']);
  const german = pressed(['KeyY', 'z'], ['Minus', 'ß'], ['Semicolon', 'ö']);
  assert.deepEqual(labels(german, 'KeyY', 'KeyZ', 'Minus', 'Semicolon'), ['Z', 'Y', 'ß', 'Ö']);
});

test('no two keys have one label, whichever layout the keys are pressed in', () => {
  const layout = pressed(['KeyF', 'e'], ['KeyE', '.'], ['KeyW', ','], ['KeyQ', 'w'], ['KeyW', 'w'], ['KeyD', 'e']);
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => layout.label(`Key${letter}`)).filter(Boolean);
  assert.equal(new Set(letters).size, letters.length, letters.join(' '));
});

test('only what is printed on the keys is learned', () => {
  const wrong = [
    ['KeyW', 'W', 'Shift'], ['KeyW', '\u2211', 'Alt'], ['KeyW', 'z', 'Control'], ['KeyW', 'Z', 'CapsLock'], ['KeyE', '€', 'AltGraph'],
    ['KeyW', 'Dead'], ['KeyW', 'Process'], ['KeyW', 'Unidentified'], ['KeyW', 'ц'], ['KeyW', 'ㅈ'], ['KeyW', ' '], ['KeyW', 'zz'],
    ['Space', ' '], ['Numpad4', '5'], ['ArrowUp', '8'], ['', 'q'], ['Unidentified', 'q'],
  ];
  const layout = pressed(...wrong);
  assert.deepEqual(labels(layout, 'KeyW', 'KeyE', 'Space', 'Numpad4', 'ArrowUp', ''), ['W', 'E', undefined, undefined, undefined, undefined]);
});

test('the browser knows better than what was learned before, the next key better than the browser', () => {
  const layout = pressed(['KeyW', 'z']);
  layout.learn(new Map([['KeyW', 'w'], ['KeyZ', 'z'], ['KeyA', 'a']]));
  assert.deepEqual(labels(layout, 'KeyW', 'KeyZ', 'KeyA'), ['W', 'Z', 'A']);
  layout.press(key('KeyW', 'z'));
  assert.deepEqual(labels(layout, 'KeyW', 'KeyZ', 'KeyA'), ['Z', 'W', 'A']);
});

test('what was learned is known the next time, and told once', () => {
  const store = memory();
  const layout = new Layout(store);
  let changes = 0;
  layout.changed = () => (changes += 1);
  for (let i = 0; i < 3; i += 1) layout.press(key('KeyW', 'z'));
  assert.equal(changes, 1);
  assert.equal(new Layout(store).label('KeyW'), 'Z');
});

test('what was kept wrongly is passed over', () => {
  for (const saved of [7, 'x', [], ['KeyW', 'z'], { KeyW: 7 }, { KeyW: 'long' }, { KeyW: null }, { nothing: 'z' }]) {
    assert.equal(new Layout(memory({ layout: saved })).label('KeyW'), 'W');
  }
});
