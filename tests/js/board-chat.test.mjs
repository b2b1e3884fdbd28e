// Board's chat and its list of people: who is meant by a name, and what stays as it is while people come and go.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { FakeElement, fakePage } from './page.mjs';

const page = fakePage();
const app = new URL('../../shared/games/board/page/app/', import.meta.url);
const { Chat } = await import(`${app}chat.js`);
const { People } = await import(`${app}people.js`);
const { Tools } = await import(`${app}tools.js`);

/** An element that has these parts, by selector. */
const having = (parts) => Object.assign(new FakeElement(), { querySelector: (selector) => parts[selector] ?? null });

describe('the chat of a board', () => {
  const LINES_MAX = 200;
  let chat;
  let list;
  let field;
  let form;
  let people;
  let whispers;
  let notes;

  beforeEach(() => {
    [list, field, form] = [new FakeElement(), Object.assign(new FakeElement(), { focus() {} }), new FakeElement()];
    [people, whispers, notes] = [[], [], []];
    chat = new Chat(having({ '[role="log"]': list, input: field, form }), having({ b: new FakeElement() }), {
      say: () => true,
      whisper: (player, text) => whispers.push([player, text]),
      report: () => {},
      note: (text) => notes.push(text),
      people: () => people,
      me: () => ({ player: 1, name: 'Ada' }),
      muted: new Set(),
      mute: () => {},
    });
  });

  const line = (number, text = `line ${number}`) => chat.add({ line: number, player: 2, name: 'Bob', text, tick: 9, earlier: false });
  const whisper = (text) => chat.whisper({ from: 2, from_name: 'Bob', to_name: 'Ada', text });
  const shown = () => list.children.map(({ children }) => children.at(-1));
  const submits = () => form.listeners.get('submit')({ preventDefault() {} });

  test('a whisper is for who goes by the name when it is sent, not for who has the number of one who left', () => {
    people = [{ player: 2, name: 'Bob' }];
    chat.begin('Bob');
    field.value += 'the milk is off';
    people = [{ player: 2, name: 'Eve' }];
    submits();
    assert.deepEqual([whispers, notes.length, field.value], [[], 1, '/w Bob the milk is off']);
    people.push({ player: 5, name: 'Bob' });
    submits();
    assert.deepEqual([whispers, field.value], [[[5, 'the milk is off']], '']);
  });

  test('what comes again with a connection changes nothing, whispers among it', () => {
    const numbers = Array.from({ length: LINES_MAX }, (_, i) => i + 1);
    numbers.forEach((number) => line(number));
    whisper('psst');
    const before = shown();
    assert.equal(before.length, LINES_MAX + 1);
    numbers.forEach((number) => line(number));
    assert.deepEqual(shown(), before);
    line(LINES_MAX + 1);
    assert.deepEqual(shown(), [...before.slice(1), `line ${LINES_MAX + 1}`]);
  });

  test('whispers are bounded, too', () => {
    line(1);
    for (let n = 1; n <= LINES_MAX + 1; n += 1) whisper(`psst ${n}`);
    assert.deepEqual([shown().length, ...shown().slice(0, 2)], [LINES_MAX + 1, 'line 1', 'psst 2']);
  });

  test('the lines of a room that has begun anew take the place of the old ones', () => {
    for (let number = 1; number <= LINES_MAX + 9; number += 1) line(number);
    // The old line of that number is not shown any more.
    line(1, 'anew');
    line(2);
    assert.deepEqual(shown(), ['anew', 'line 2']);
  });
});

test('a row of the list of people stays, with what is open in it, while others come and go', () => {
  page.clear();
  const [list, count, muted] = [new FakeElement(), new FakeElement(), new Set()];
  page('people').querySelector = () => count;
  page('people-list').querySelector = () => list;
  const people = new People({ muted, mute: () => {}, whisper: () => {} });
  const person = (player, name, own = false, colour = 0) => ({ player, name, own, colour });
  const [ada, bob] = [person(1, 'Ada', true), person(2, 'Bob')];
  people.show([ada, bob]);
  const [own, row] = list.children;
  row.children.find(({ className }) => className === 'who').onclick();
  const offers = row.children.at(-1);
  assert.equal(offers.className, 'offers');
  const inserted = [];
  const { insertBefore } = list;
  list.insertBefore = (item, before) => [inserted.push(item), insertBefore.call(list, item, before)];
  people.show([ada, person(3, 'Alice'), { ...bob, colour: 1 }]);
  assert.deepEqual([list.children.length, list.children[0] === own, list.children[2] === row, row.children.at(-1) === offers], [3, true, true, true]);
  assert.deepEqual(inserted, [list.children[1]], 'nothing else was moved');
  muted.add('Bob');
  people.show([ada, bob]);
  assert.deepEqual([list.children.length, list.children[1] === row, row.children.some(({ data }) => data === ' hidden')], [2, true, true]);
  // Somebody else has the number now.
  people.show([ada, person(2, 'Eve')]);
  assert.deepEqual([list.children.length, list.children[1] === row], [2, false]);
});

test('a click does what its press was for, once', () => {
  const notes = [];
  const over = Object.assign(new FakeElement(), { focus() {}, setPointerCapture() {} });
  const tools = new Tools(over, { place: (at) => at }, {}, { note: (place) => notes.push(place), may: () => true });
  tools.tool = 'note';
  const event = { pointerId: 1, button: 0, clientX: 3, clientY: 4, preventDefault() {} };
  over.listeners.get('pointerdown')({ ...event, type: 'pointerdown' });
  over.listeners.get('pointerup')({ ...event, type: 'pointerup' });
  for (let n = 0; n < 2; n += 1) over.listeners.get('click')();
  assert.deepEqual(notes, [{ x: 3, y: 4 }]);
});
