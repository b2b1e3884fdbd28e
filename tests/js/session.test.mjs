import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { CoreError } from '../../assets/js/net/core.js';
import { ALL_ON } from '../../assets/js/net/link.js';
import { Session } from '../../assets/js/net/session.js';
import { FakeCore, FakeWebSocket, play } from './fakes.mjs';

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

test('a session says hello, is welcomed and plays from the first frame on', (t) => {
  t.after(() => session.leave());
  play(session, { name: 'Ada', room: 'main' });
  assert.deepEqual(seen, ['connecting', 'open', 'welcome to main', 'playing', 'frame']);
  assert.deepEqual(session.core.calls.at(-1), ['connect', 'Ada', 'main', false]);
  session.pump(10, Uint8Array.of(42));
  assert.deepEqual(FakeWebSocket.last.sent, [1, 42]);
});

test('controls are held by name, and each mistake is said once while the game goes on', (t) => {
  t.after(() => session.leave());
  const warned = t.mock.method(console, 'warn', () => {});
  const said = () => warned.mock.calls.map(({ arguments: [, text] }) => text);
  play(session, {});
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
  play(session, { spectate: true });
  session.pump(10, Uint8Array.of(42));
  assert.deepEqual(session.core.calls.at(-1), ['connect', '', '', true]);
  assert.deepEqual(FakeWebSocket.last.sent, [1]);
});

test('link and switches hold for every connection to come', (t) => {
  t.after(() => session.leave());
  session.setLink('100ms');
  session.setSwitches({ ...ALL_ON, prediction: false });
  for (let round = 0; round < 2; round += 1) {
    play(session, {});
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
  play(session, {});
  FakeWebSocket.last.got(255);
  assert.equal(seen.at(-1), 'waiting');
  assert.equal(session.state.text, 'The connection was given up: no message.');
  assert.equal(session.playing, false);
  session.hurry();
  assert.equal(seen.at(-1), 'connecting');
});

test('a page that will not run leaves, and joins the same room again when it runs', (t) => {
  t.after(() => session.leave());
  play(session, { name: 'Ada', room: 'main' });
  const left = FakeWebSocket.last;
  session.suspend();
  assert.deepEqual([left.readyState, session.core, session.playing, seen.at(-1)], [3, null, false, 'waiting']);
  session.hurry();
  assert.notEqual(FakeWebSocket.last, left);
  FakeWebSocket.last.opened();
  assert.deepEqual(session.core.calls.at(-1), ['connect', 'Ada', 'main', false]);
});

test('a page that is looked at again comes no earlier than the server has asked, but a person may', (t) => {
  t.after(() => session.leave());
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  play(session, { name: 'Ada', room: 'main' });
  FakeWebSocket.last.onclose({ code: 1001, reason: 'the server is shutting down; come back in 3000 ms' });
  assert.deepEqual([session.state.text, session.state.until], ['The server is shutting down.', 3_000]);
  now = 2_999;
  session.suspend();
  session.hurry();
  assert.equal(seen.at(-1), 'waiting');
  now = 3_000;
  session.hurry();
  assert.equal(seen.at(-1), 'connecting');
  FakeWebSocket.last.opened();
  FakeWebSocket.last.onclose({ code: 1001, reason: 'the server is shutting down; come back in 3000 ms' });
  session.retry();
  assert.equal(seen.at(-1), 'connecting');
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
  play(session, { name: 'Ada' });
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
    play(session, { name: 'Ada' });
    const before = FakeWebSocket.last;
    session.join(wanted);
    if (FakeWebSocket.last !== before) {
      assert.equal(before.code, 1000, 'the server need not keep it');
      FakeWebSocket.last.opened();
    }
    assert.equal(session.core.place, null);
    session.leave();
  }
  play(session, { name: 'Ada' });
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

test('the path names the room that was asked for, also when the place is resumed', (t) => {
  t.after(() => session.leave());
  play(session, { name: 'Ada' });
  assert.equal(FakeWebSocket.last.url, 'ws://here/ws');
  // The server has chosen main: whoever led here leads here again.
  play(session, { name: 'Ada', room: 'main' });
  assert.equal(session.core.place.room, 'main');
  assert.equal(FakeWebSocket.last.url, 'ws://here/ws');
  session.leave();
  play(session, { name: 'Ada', room: 'main' });
  assert.equal(FakeWebSocket.last.url, 'ws://here/ws/main');
  for (const room of ['no/room?', '..', 'nö']) {
    session.join({ name: 'Ada', room });
    assert.equal(FakeWebSocket.last.url, 'ws://here/ws', `${room} is no name of a room`);
  }
  session.join({ spectate: true });
  assert.equal(FakeWebSocket.last.url, 'ws://here/ws');
});

test('what another window has taken over is not taken back', () => {
  play(session, { name: 'Ada' });
  FakeWebSocket.last.onclose({ code: 4009, reason: 'elsewhere' });
  assert.deepEqual([seen.at(-1), session.place], ['ended', null]);
});

test('who wants no more is told of nothing more', () => {
  play(session, {});
  session.dispose();
  assert.equal(session.state.name, 'title');
  assert.equal(session.disposed.aborted, true);
});

test('who leaves is back at the title, without a core', () => {
  play(session, {});
  session.leave();
  assert.deepEqual([session.state.name, session.core, session.welcome, session.playing], ['title', null, null, false]);
  session.hurry();
  assert.equal(seen.at(-1), 'title');
});

/** What the server gets of a hello: the fake core's is one byte. */
const hellos = () => FakeWebSocket.last.sent.filter((byte) => byte === 1).length;

test('whoever looks on plays on the same connection, and looks on again', (t) => {
  t.after(() => session.leave());
  play(session, { spectate: true });
  const connection = FakeWebSocket.last;
  for (const wanted of [{ name: 'Ada' }, { name: 'Eve', room: 'main' }, { name: 'Eve', room: 'main', spectate: true }]) {
    const [before, frames] = [hellos(), seen.length];
    session.join(wanted);
    assert.deepEqual([FakeWebSocket.last, hellos(), session.playing], [connection, before + 1, false]);
    // What is under way is of the time before.
    FakeWebSocket.last.got(2);
    FakeWebSocket.last.got(255);
    FakeWebSocket.last.got(0);
    FakeWebSocket.last.got(2);
    assert.deepEqual(seen.slice(frames), ['open', 'welcome to main', 'playing', 'frame']);
    assert.deepEqual(session.core.calls.at(-1), ['connect', wanted.name, wanted.room ?? '', wanted.spectate ?? false]);
  }
  assert.equal(session.place, null, 'the place was given up');
});

test('more hellos than the server will have take another connection', (t) => {
  t.after(() => session.leave());
  play(session, { spectate: true });
  const connections = [];
  for (const spectate of [false, true, false, true, false]) {
    session.join({ spectate });
    if (FakeWebSocket.last.readyState === 0) FakeWebSocket.last.opened();
    FakeWebSocket.last.got(0);
    FakeWebSocket.last.got(2);
    assert.equal(session.playing, true);
    connections.push(FakeWebSocket.last);
  }
  const [first, second, third, fourth, fifth] = connections;
  assert.ok(first === second && second === third);
  assert.ok(fourth !== third, 'it is another');
  assert.ok(fifth === fourth, 'which takes hellos again');
});

test('another room, or a connection that does not play yet, takes another connection', (t) => {
  t.after(() => session.leave());
  play(session, { spectate: true, room: 'main' });
  const first = FakeWebSocket.last;
  session.join({ room: 'other' });
  assert.notEqual(FakeWebSocket.last, first);
  const second = FakeWebSocket.last;
  second.opened();
  session.join({ room: 'other', spectate: true });
  assert.notEqual(FakeWebSocket.last, second);
});

test('a second hello that is refused ends as a first one does', (t) => {
  t.after(() => session.leave());
  play(session, { spectate: true });
  session.join({ name: 'Ada' });
  FakeWebSocket.last.onclose({ code: 1013, reason: 'this room is full' });
  assert.deepEqual([session.state.name, session.state.then], ['waiting', 'elsewhere']);
  session.hurry();
  FakeWebSocket.last.opened();
  FakeWebSocket.last.got(0);
  FakeWebSocket.last.got(2);
  assert.equal(session.playing, true);
});

test('a second hello brings another ticket', async (t) => {
  t.after(() => session.leave());
  let tickets = 0;
  const ticket = async () => `ticket ${(tickets += 1)}`;
  session.join({ spectate: true, ticket });
  FakeWebSocket.last.opened();
  await new Promise(setImmediate);
  FakeWebSocket.last.got(0);
  FakeWebSocket.last.got(2);
  session.join({ name: 'Ada' });
  FakeWebSocket.last.got(2);
  assert.equal(session.core, null);
  await new Promise(setImmediate);
  FakeWebSocket.last.got(2);
  FakeWebSocket.last.got(0);
  FakeWebSocket.last.got(2);
  assert.deepEqual([session.core.ticket, session.playing], ['ticket 2', true]);
});

test('a place of the page before it was loaded again outlasts a look at the room', (t) => {
  const stored = new Map();
  globalThis.sessionStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key) };
  const before = new Session('ws://here/ws', () => new FakeCore(), {});
  t.after(() => {
    delete globalThis.sessionStorage;
    before.leave();
  });
  play(before, { name: 'Ada' });
  const loaded = new Session('ws://here/ws', () => new FakeCore(), {});
  t.after(() => loaded.leave());
  play(loaded, { spectate: true });
  loaded.join({ name: 'Ada' });
  assert.equal(loaded.core.place?.room, 'main');
});
