// The list of players, and what becomes of a report: the list covers the chat, so it says so itself.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { FakeElement, fakePage } from './page.mjs';

const page = fakePage();
for (const name of ['HTMLDialogElement', 'HTMLFormElement', 'HTMLInputElement']) globalThis[name] = FakeElement;
const { Chat } = await import('../../assets/js/arena/chat.js');
const { Players } = await import('../../assets/js/arena/players.js');

const LINES_MAX = 3;
const BOB = { player: 2, name: 'Bob', score: 40, place: 1, bot: false };
const LIST = [BOB, { player: 1, name: 'Ada', score: 5, place: 2, bot: false }, { player: 100, name: 'Flint (bot)', score: null, place: 0, bot: true }];
let server;
let players;
let chat;
let list;

beforeEach((t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  page.clear();
  server = { on: true, reports: [], said: 0 };
  list = LIST;
  chat = new Chat({
    connected: () => server.on,
    say: () => (server.said += 1),
    whisper: () => {},
    report: (line) => server.reports.push(line),
    linesMax: () => LINES_MAX,
    nameOf: () => null,
    opened: () => {},
  });
  const dialog = page('players');
  dialog.showModal = () => (dialog.open = true);
  dialog.close = () => (dialog.open = false);
  players = new Players({ list: () => list, whole: () => true, own: () => 1, all: () => list.length, away: () => false, chat });
});

const said = () => page('players-said').textContent;
const row = (name) => page('players-rows').children.find((row) => row.dataset.name === name);
const buttons = (name) => row(name).children[3].children;
const press = (button) => button.listeners.get('click')();
const speaks = (line, text = 'buy my tea') => chat.line({ line, player: 2, name: 'Bob', text, earlier: false }, false);

test('only people who have said something can be reported, and nobody mutes oneself or a bot', () => {
  players.showModal();
  const offered = () => LIST.map(({ name }) => buttons(name).map(({ hidden }) => !hidden));
  assert.deepEqual(offered(), [[true, false], [false, false], [false, false]]);
  assert.equal(said(), '');
  speaks(7);
  players.update(1_000);
  assert.deepEqual(offered()[0], [true, true]);
});

test('a report is of the last line, once, and says what becomes of it', () => {
  speaks(7);
  speaks(8, 'cheap');
  players.showModal();
  const [, report] = buttons('Bob');
  press(report);
  assert.deepEqual([server.reports, report.textContent, report.disabled], [[8], 'Reported', true]);
  assert.equal(said(), 'Reported: whoever runs this server can read the line.');
  // What the server has against it comes later.
  chat.answer('That line is not there any more.');
  chat.note('Some events did not get through.');
  players.update(2_000);
  assert.equal(said(), 'That line is not there any more.');
  page('players').close();
  players.showModal();
  assert.equal(said(), '', 'that was of another time');
});

test('a report beyond the pace of the chat says that it was not sent, and may be tried again', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  for (let line = 1; line <= LINES_MAX; line += 1) {
    speaks(line);
    chat.reportLast('Bob');
  }
  speaks(9);
  players.showModal();
  const [, report] = buttons('Bob');
  press(report);
  assert.deepEqual([server.reports, report.textContent, report.disabled], [[1, 2, 3], 'Report', false]);
  assert.equal(said(), 'Slow down: at most 3 messages in ten seconds.');
  now = 10_000;
  press(report);
  assert.deepEqual([server.reports.at(-1), report.disabled], [9, true]);
  assert.match(said(), /^Reported/);
});

test('without a connection nothing is reported', () => {
  speaks(7);
  players.showModal();
  server.on = false;
  const [, report] = buttons('Bob');
  press(report);
  assert.deepEqual([server.reports, report.disabled, said()], [[], false, 'Not reported: you are offline.']);
});

test('muting says how it is undone, and another in the same row is not the one who was reported', () => {
  speaks(7);
  players.showModal();
  const [mute, report] = buttons('Bob');
  press(report);
  press(mute);
  assert.equal(said(), 'Bob is muted; /mute Bob undoes it.');
  assert.ok(row('Bob').classList.contains('muted') && chat.isMuted('Bob'));
  list = [{ ...BOB, player: 5, name: 'Eve' }];
  players.update(1_000);
  assert.deepEqual([row('Bob'), row('Eve').classList.contains('muted'), buttons('Eve')[1].disabled, buttons('Eve')[1].textContent], [undefined, false, false, 'Report']);
});
