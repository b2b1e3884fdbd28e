import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { Backoff } from '../../assets/js/net/backoff.js';
import { Socket } from '../../assets/js/net/socket.js';

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
let socket;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  FakeWebSocket.all = [];
  states = [];
  const on = { open() {}, message() {}, state: (state) => states.push(state.name) };
  socket = new Socket('ws://here/ws', 'drumbeat.v1', on, new Backoff(() => 1));
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
