import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { Backoff } from '../../assets/js/net/backoff.js';
import { Socket, dialAhead } from '../../assets/js/net/socket.js';

class FakeWebSocket {
  static OPEN = 1;
  static all = [];
  readyState = 0;
  sent = [];

  constructor() {
    FakeWebSocket.all.push(this);
  }

  send(bytes) {
    this.sent.push(bytes);
  }

  close() {
    this.readyState = 3;
  }

  opened() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }
}

globalThis.WebSocket = FakeWebSocket;
let states;
let ended;
let socket;
let probes;
let answer;

const settled = () => new Promise(setImmediate);

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  FakeWebSocket.all = [];
  states = [];
  ended = null;
  probes = [];
  const state = (now) => {
    states.push(now.name);
    if (now.name === 'ended') ended = now;
  };
  const probe = (url) => {
    probes.push(url);
    return new Promise((resolve) => (answer = resolve));
  };
  socket = new Socket('ws://here/ws', { open() {}, message() {}, state }, new Backoff(() => 1), probe);
});

test('a connection that falls silent is given up, and another one made', () => {
  socket.connect();
  const [first] = FakeWebSocket.all;
  first.opened();
  for (let beat = 0; beat < 20; beat += 1) {
    mock.timers.tick(7_999);
    first.onmessage({ data: new ArrayBuffer(1) });
  }
  assert.deepEqual(states, ['connecting', 'open']);
  mock.timers.tick(8_000);
  assert.deepEqual(states, ['connecting', 'open', 'waiting']);
  assert.equal(first.readyState, 3);
  mock.timers.tick(500);
  assert.equal(FakeWebSocket.all.length, 2);
});

test('a server that never answers is given up as well', () => {
  socket.connect();
  mock.timers.tick(8_000);
  assert.deepEqual(states, ['connecting', 'waiting']);
});

test('whoever connects twice holds one connection', () => {
  socket.connect();
  socket.connect();
  const [first, second] = FakeWebSocket.all;
  assert.equal(first.onclose, null);
  assert.equal(first.readyState, 3);
  second.opened();
  second.onclose({ code: 1001, reason: 'away' });
  mock.timers.tick(500);
  assert.deepEqual(FakeWebSocket.all.map(({ readyState }) => readyState), [3, 3, 0]);
});

test('nothing follows a connection that was ended for good', () => {
  socket.connect();
  FakeWebSocket.all[0].opened();
  socket.close();
  mock.timers.tick(60_000);
  assert.equal(FakeWebSocket.all.length, 1);
});

function failed(attempt) {
  FakeWebSocket.all[attempt].onclose({ code: 1006, reason: '' });
}

/** Makes every attempt fail; after each, the server reports whether it is ready. */
async function failing(...ready) {
  socket.connect();
  for (let attempt = 0; attempt < ready.length; attempt += 1) {
    failed(attempt);
    answer({ ready: ready[attempt] });
    await settled();
    mock.timers.tick(60_000);
  }
}

test('a server that is ready twice but opens no connection refuses the page', async () => {
  await failing(true, true);
  assert.deepEqual(states, ['connecting', 'waiting', 'connecting', 'ended']);
  assert.equal(ended.then, 'reload');
  assert.equal(ended.text, 'The server refuses this page; reload it.');
  assert.equal(FakeWebSocket.all.length, 2);
});

test('a server is asked after each attempt, for it may be away first and then refuse', async () => {
  await failing(false, true, false, true, true);
  assert.deepEqual(probes, Array(5).fill('ws://here/ws'));
  assert.equal(states.filter((name) => name === 'waiting').length, 4);
  assert.equal(states.at(-1), 'ended');
});

test('a server that refuses pages of this address is believed at once, and says why', async () => {
  socket.connect();
  failed(0);
  answer({ ready: false, refusal: 'the host is another' });
  await settled();
  assert.deepEqual(states, ['connecting', 'ended']);
  assert.equal(ended.then, 'ask');
  assert.equal(ended.text, 'The server refuses this page: the host is another.');
});

test('a timer that was held up with the whole page drops no connection', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  socket.connect();
  FakeWebSocket.all[0].opened();
  now = 60_000;
  mock.timers.tick(8_000);
  assert.deepEqual(states, ['connecting', 'open']);
  now += 8_000;
  mock.timers.tick(8_000);
  assert.deepEqual(states, ['connecting', 'open', 'waiting']);
});

test('a server that ends is left alone for as long as it asks', () => {
  for (const [asked, waited] of [[4_321, 4_321], [90, 500]]) {
    FakeWebSocket.all = [];
    socket.connect();
    FakeWebSocket.all[0].opened();
    FakeWebSocket.all[0].onclose({ code: 1001, reason: `the server is shutting down; come back in ${asked} ms` });
    mock.timers.tick(waited - 1);
    assert.equal(FakeWebSocket.all.length, 1, `${asked}`);
    mock.timers.tick(1);
    assert.equal(FakeWebSocket.all.length, 2, `${asked}`);
    socket.close();
    socket = new Socket('ws://here/ws', { open() {}, message() {}, state() {} }, new Backoff(() => 1));
  }
});

test('a connection that was open before is no reason to ask', async () => {
  socket.connect();
  FakeWebSocket.all[0].opened();
  failed(0);
  await settled();
  assert.deepEqual(states, ['connecting', 'open', 'waiting']);
  assert.deepEqual(probes, []);
});

test('an answer that comes after another attempt has begun changes nothing', async () => {
  for (const ready of [{ ready: true }, { ready: false }, { ready: false, refusal: 'no' }]) {
    states = [];
    FakeWebSocket.all = [];
    const last = probes.length;
    socket.connect();
    FakeWebSocket.all[0].opened();
    socket.connect();
    failed(1);
    assert.equal(probes.length, last + 1);
    socket.connect();
    answer(ready);
    await settled();
    assert.deepEqual(states, ['connecting', 'open', 'connecting', 'connecting']);
  }
});

test('a connection that was opened ahead is taken if it leads to the room and is still there', () => {
  const ahead = (room, change = () => {}) => {
    const dialled = dialAhead('ws://here/ws', room);
    change(dialled.socket);
    socket.dialled = dialled;
    socket.connect();
    const taken = FakeWebSocket.all.at(-1) === dialled.socket;
    socket.close();
    assert.equal(socket.dialled, null);
    assert.equal(dialled.socket.readyState, 3, 'none is left open');
    return taken;
  };
  assert.equal(ahead(''), true);
  assert.equal(ahead('', (early) => (early.readyState = FakeWebSocket.OPEN)), true);
  assert.deepEqual(states, ['connecting', 'connecting', 'open']);
  assert.equal(ahead('other'), false);
  assert.equal(ahead('', (early) => early.close()), false);
});

test('a connection that was opened ahead and is not needed in time is closed, before the server refuses it', () => {
  const open = () => {
    const dialled = dialAhead('ws://here/ws', '');
    socket.dialled = dialled;
    // However long that takes.
    mock.timers.tick(10_000);
    dialled.socket.opened();
    return dialled.socket;
  };
  const late = open();
  mock.timers.tick(3_999);
  assert.equal(late.readyState, 1);
  mock.timers.tick(1);
  assert.equal(late.readyState, 3);
  socket.connect();
  const [, next] = FakeWebSocket.all;
  next.opened();
  assert.deepEqual(states, ['connecting', 'open'], 'another one is made');
  socket.close();
  states.length = 0;
  const taken = open();
  mock.timers.tick(3_000);
  socket.connect();
  mock.timers.tick(3_000);
  assert.deepEqual([taken.readyState, states], [1, ['connecting', 'open']]);
});
