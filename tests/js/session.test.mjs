import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { CoreError } from '../../assets/js/net/core.js';
import { ALL_ON } from '../../assets/js/net/link.js';
import { Schema } from '../../assets/js/net/schema.js';
import { Session } from '../../assets/js/net/session.js';
import { siteTicket } from '../../assets/js/net/ticket.js';

class FakeWebSocket {
  static OPEN = 1;
  static last = null;
  readyState = 0;
  sent = [];

  constructor() {
    FakeWebSocket.last = this;
  }

  send(bytes) {
    this.sent.push(...bytes);
  }

  close(code) {
    this.code = code;
    this.readyState = 3;
  }

  static opened = 0;

  opened() {
    FakeWebSocket.opened += 1;
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  got(...bytes) {
    this.onmessage({ data: Uint8Array.from(bytes).buffer });
  }
}

/** A core whose messages are one byte: 0 is the welcome, 255 is refused, all others are frames. */
class FakeCore {
  calls = [];
  #in = [];
  #out = [];

  connect({ name, room, spectate, ticket, place }) {
    this.calls.push(['connect', name, room, spectate]);
    this.ticket = ticket;
    this.place = place ? { room: place.room, token: place.token, tick: place.tick } : null;
    this.#out.push(1);
  }

  receive([byte]) {
    this.#in.push(byte);
  }

  deliver() {
    const byte = this.#in.shift();
    if (byte === 255) throw new CoreError('no message');
    return byte === undefined ? null : byte === 0 ? 'welcome' : 'frame';
  }

  hold([number]) {
    if (number === 99) throw new CoreError('99 is no control');
    this.#out.push(number);
  }

  schema() {
    const controls = [{ name: 'speed', min: 0, max: 9, default: 1, turns: false, steps_per_unit: 1, values: [] }];
    return new Schema({ game: 'small', steps_per_unit: 1, view: {}, head: [], kinds: [], private: [], controls });
  }

  transmit() {
    return this.#out.length > 0 ? Uint8Array.of(this.#out.shift()) : null;
  }

  setLink(text) {
    if (text === 'bad') throw new CoreError('`bad` is no link');
    this.calls.push(['link', text]);
  }

  setSwitches(switches) {
    this.calls.push(['switches', switches]);
  }

  welcome() {
    return { player: 7, room: 'main', name: 'Ada', resume: { token: Array(16).fill(FakeWebSocket.opened), keep_s: 20 }, resumed: FakeCore.resumed };
  }

  static resumed = null;
  tick = 9;

  renew(ticket) {
    this.renewed = ticket;
  }

  static said = [];

  *notices() {
    yield* FakeCore.said.splice(0);
  }

  hasDocument = true;

  *changedRecords() {}

  command(command) {
    this.calls.push(['command', command]);
    return (FakeCore.resumed ?? 0) + this.calls.filter(([what]) => what === 'command').length;
  }
}

globalThis.WebSocket = FakeWebSocket;
let seen;
let session;

beforeEach(() => {
  seen = [];
  [FakeCore.resumed, FakeWebSocket.opened] = [null, 0];
  session = new Session('ws://here/ws', () => new FakeCore(), {
    welcome: ({ room }) => seen.push(`welcome to ${room}`),
    frame: () => seen.push('frame'),
    state: ({ name }) => seen.push(name),
  });
});

function play(wanted) {
  session.join(wanted);
  FakeWebSocket.last.opened();
  FakeWebSocket.last.got(0);
  FakeWebSocket.last.got(2);
}

test('a session says hello, is welcomed and plays from the first frame on', (t) => {
  t.after(() => session.leave());
  play({ name: 'Ada', room: 'main' });
  assert.deepEqual(seen, ['connecting', 'open', 'welcome to main', 'playing', 'frame']);
  assert.deepEqual(session.core.calls.at(-1), ['connect', 'Ada', 'main', false]);
  session.pump(10, Uint8Array.of(42));
  assert.deepEqual(FakeWebSocket.last.sent, [1, 42]);
});

test('controls are held by name, and each mistake is said once while the game goes on', (t) => {
  t.after(() => session.leave());
  const warned = t.mock.method(console, 'warn', () => {});
  const said = () => warned.mock.calls.map(({ arguments: [, text] }) => text);
  play({});
  for (const held of [{ speed: 7 }, {}, { sped: 3 }, { sped: 4 }, { speed: 20 }, { speed: 30 }, Uint8Array.of(99), Uint8Array.of(99)]) {
    session.pump(10, held);
  }
  assert.deepEqual(FakeWebSocket.last.sent, [1, 7, 1, 1, 1, 9, 9]);
  assert.deepEqual(said(), [
    'small has no control sped; it has speed',
    'speed is 20; it takes 0 to 9',
    'the controls are not held: 99 is no control',
  ]);
});

test('a spectator holds no controls', (t) => {
  t.after(() => session.leave());
  play({ spectate: true });
  session.pump(10, Uint8Array.of(42));
  assert.deepEqual(session.core.calls.at(-1), ['connect', '', '', true]);
  assert.deepEqual(FakeWebSocket.last.sent, [1]);
});

test('link and switches hold for every connection to come', (t) => {
  t.after(() => session.leave());
  session.setLink('100ms');
  session.setSwitches({ ...ALL_ON, prediction: false });
  for (let round = 0; round < 2; round += 1) {
    play({});
    assert.deepEqual(session.core.calls.slice(0, 2), [['link', '100ms'], ['switches', { ...ALL_ON, prediction: false }]]);
  }
});

test('a link that the core refuses changes nothing', () => {
  session.setLink('50ms');
  assert.throws(() => session.setLink('bad'), CoreError);
  assert.equal(session.link, '50ms');
});

test('a message that the core refuses ends the connection and tries another', (t) => {
  t.after(() => session.leave());
  t.mock.method(console, 'error', () => {});
  play({});
  FakeWebSocket.last.got(255);
  assert.equal(seen.at(-1), 'waiting');
  assert.equal(session.state.text, 'The connection was given up: no message.');
  assert.equal(session.playing, false);
  session.hurry();
  assert.equal(seen.at(-1), 'connecting');
});

test('a page that will not run leaves, and joins the same room again when it runs', (t) => {
  t.after(() => session.leave());
  play({ name: 'Ada', room: 'main' });
  const left = FakeWebSocket.last;
  session.suspend();
  assert.deepEqual([left.readyState, session.core, session.playing, seen.at(-1)], [3, null, false, 'waiting']);
  session.hurry();
  assert.notEqual(FakeWebSocket.last, left);
  FakeWebSocket.last.opened();
  assert.deepEqual(session.core.calls.at(-1), ['connect', 'Ada', 'main', false]);
});

test('a page at the title, or that was refused, does not join by coming back', () => {
  session.suspend();
  session.hurry();
  assert.deepEqual(seen, []);
  session.join();
  FakeWebSocket.last.opened();
  FakeWebSocket.last.onclose({ code: 4001, reason: 'other schema' });
  assert.equal(seen.at(-1), 'ended');
  session.suspend();
  session.hurry();
  assert.equal(seen.at(-1), 'ended');
});

test('a command waits for the next connection, and is rejected where there will be none', async () => {
  const order = session.send({ Write: {} });
  session.join();
  FakeWebSocket.last.opened();
  FakeWebSocket.last.onclose({ code: 1006, reason: '' });
  assert.equal(session.unsent, 1);
  session.retry();
  FakeWebSocket.last.opened();
  FakeWebSocket.last.onclose({ code: 4001, reason: 'other schema' });
  await assert.rejects(order, /other schema|reload|refuses/i);
  assert.equal(session.unsent, 0);
});

test('a lost connection is resumed, and only what the server lacks is sent again', (t) => {
  t.after(() => session.leave());
  play({ name: 'Ada' });
  assert.equal(session.core.place, null);
  ['a', 'b', 'c'].forEach((name) => void session.send(name).catch(() => {}));
  const commands = () => session.core.calls.filter(([what]) => what === 'command').map(([, command]) => command);
  assert.deepEqual(commands(), ['a', 'b', 'c']);
  FakeWebSocket.last.onclose({ code: 1006, reason: '' });
  void session.send('d').catch(() => {});
  assert.equal(session.unsent, 4);
  session.retry();
  FakeWebSocket.last.opened();
  assert.deepEqual(session.core.place, { room: 'main', token: Array(16).fill(1), tick: 9 });
  void session.send('e').catch(() => {});
  assert.deepEqual(commands(), [], 'nothing before the welcome');
  FakeCore.resumed = 2;
  FakeWebSocket.last.got(0);
  assert.deepEqual(commands(), ['c', 'd', 'e']);
  FakeWebSocket.last.got(2);
  session.leave();
  session.join({ name: 'Ada' });
  FakeWebSocket.last.opened();
  assert.equal(session.core.place, null, 'who left has no place');
});

test('who goes to another room, or looks on, gives the place up', (t) => {
  t.after(() => session.leave());
  for (const wanted of [{ name: 'Ada', room: 'other' }, { name: 'Ada', spectate: true }, { name: 'Bea' }]) {
    play({ name: 'Ada' });
    const before = FakeWebSocket.last;
    session.join(wanted);
    assert.equal(before.code, 1000, 'the server need not keep it');
    FakeWebSocket.last.opened();
    assert.equal(session.core.place, null);
    session.leave();
  }
  play({ name: 'Ada' });
  const before = FakeWebSocket.last;
  session.join({ name: 'Ada' });
  assert.equal(before.code, undefined);
  FakeWebSocket.last.opened();
  assert.equal(session.core.place.room, 'main');
  FakeWebSocket.last.got(0);
  session.join({ name: 'Ada', room: 'main' });
  FakeWebSocket.last.opened();
  assert.equal(session.core.place.room, 'main', 'it is there already');
});

test('what another window has taken over is not taken back', () => {
  play({ name: 'Ada' });
  FakeWebSocket.last.onclose({ code: 4009, reason: 'elsewhere' });
  assert.deepEqual([seen.at(-1), session.place], ['ended', null]);
});

test('who wants no more is told of nothing more', () => {
  play({});
  session.dispose();
  assert.equal(session.state.name, 'title');
  assert.equal(session.disposed.aborted, true);
});

test('who leaves is back at the title, without a core', () => {
  play({});
  session.leave();
  assert.deepEqual([session.state.name, session.core, session.welcome, session.playing], ['title', null, null, false]);
  session.hurry();
  assert.equal(seen.at(-1), 'title');
});

/** Waits until what was promised has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a ticket is sent with every hello', (t) => {
  t.after(() => session.leave());
  play({ ticket: 'a.b.c' });
  assert.equal(session.core.ticket, 'a.b.c');
  session.renew('d.e.f');
  assert.equal(session.core.renewed, 'd.e.f');
  session.suspend();
  session.hurry();
  FakeWebSocket.last.opened();
  assert.equal(session.core.ticket, 'd.e.f', 'the newer one');
});

test('a fresh ticket is got for each connection, and when the one before ends', async (t) => {
  t.after(() => session.leave());
  let count = 0;
  session.join({ ticket: async () => `ticket ${(count += 1)}` });
  FakeWebSocket.last.opened();
  assert.equal(session.core, null, 'nothing is said before the ticket is there');
  await settled();
  assert.equal(session.core.ticket, 'ticket 1');
  FakeWebSocket.last.got(0);
  FakeCore.said = [{ ticket_ends: { in_s: 60 } }];
  FakeWebSocket.last.got(2);
  await settled();
  assert.equal(session.core.renewed, 'ticket 2');
  FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
  assert.equal(session.state.name, 'connecting');
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual([session.core.ticket, session.core.place?.room], ['ticket 3', 'main'], 'the place is not lost');
});

test('the site is asked for a ticket only if the server asks, and a page is no ticket', async (t) => {
  t.after(() => session.leave());
  const answers = ['<!doctype html>', 'a.b.c'];
  const fetched = t.mock.method(globalThis, 'fetch', async () => new Response(answers.shift()));
  play({ name: 'Ada', ticket: siteTicket('https://game.example/ticket') });
  await settled();
  FakeWebSocket.last.got(0);
  for (let round = 0; round < 2; round += 1) {
    session.suspend();
    session.hurry();
    FakeWebSocket.last.opened();
    await settled();
    FakeWebSocket.last.got(0);
  }
  assert.equal(fetched.mock.callCount(), 0);
  for (const ticket of ['', 'a.b.c']) {
    FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
    FakeWebSocket.last.opened();
    await settled();
    assert.equal(session.core.ticket, ticket);
    FakeWebSocket.last.got(0);
  }
});

test('who lacks a ticket has the place still, and brings one later', (t) => {
  t.after(() => session.leave());
  play({ name: 'Ada', room: 'main', ticket: 'a.b.c' });
  FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
  assert.equal(session.state.then, 'ask');
  session.join({ name: 'Ada', room: 'main', ticket: 'd.e.f' });
  FakeWebSocket.last.opened();
  assert.deepEqual([session.core.ticket, session.core.place?.room], ['d.e.f', 'main']);
});

test('a ticket that does not come in time is not used', async (t) => {
  t.after(() => session.leave());
  let bring;
  session.join({ ticket: () => new Promise((resolve) => (bring = resolve)) });
  FakeWebSocket.last.opened();
  await settled();
  const late = bring;
  session.retry();
  FakeWebSocket.last.opened();
  await settled();
  late('old');
  await settled();
  assert.equal(session.core, null);
  bring('new');
  await settled();
  assert.equal(session.core.ticket, 'new');
});

test('who can bring no ticket is asked to sign in', async (t) => {
  t.after(() => session.leave());
  const reason = 'a ticket is needed to play here; sign in where this game is offered';
  const refused = () => FakeWebSocket.last.onclose({ code: 4010, reason });
  play({});
  refused();
  const text = 'A ticket is needed to play here; sign in where this game is offered.';
  assert.deepEqual(session.state, { name: 'ended', then: 'ask', text });
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (url) => {
    asked.push(String(url));
    return new Response('no such page', { status: 404 });
  });
  session.join({ ticket: siteTicket('https://game.example/play/ticket') });
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual(asked, [], 'a server that asks for none is asked for none');
  refused();
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual(asked, ['https://game.example/play/ticket']);
  assert.equal(session.core.ticket, '', 'an answer without success is no ticket');
  refused();
  assert.deepEqual(session.state, { name: 'ended', then: 'ask', text }, 'one attempt, no more');
  session.join({ ticket: () => Promise.reject(new Error('the site is away')) });
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual([session.state.name, session.state.text], ['waiting', 'There is no ticket: the site is away.']);
});
