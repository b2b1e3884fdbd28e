// What crosses the connections of a session, and in which order.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { CoreError } from '../../assets/js/net/core.js';
import { Exchange } from '../../assets/js/net/exchange.js';

const [WELCOME, FRAME, BAD, WORSE] = [0, 2, 255, 254];
const HELLO = 1;

/** A core whose messages are one byte; what a frame brings is `brings`. */
class Core {
  brings = { notices: [], records: [], whole: true };
  resumed = null;
  commands = [];
  #in = [];
  #out = [];

  get hasDocument() {
    return this.brings.whole;
  }

  connect(hello) {
    this.hello = hello;
    this.#out.push(HELLO);
  }

  isWelcome([byte]) {
    return byte === WELCOME;
  }

  receive([byte]) {
    this.#in.push(byte);
  }

  deliver() {
    const byte = this.#in.shift();
    if (byte === BAD) throw new CoreError('no message');
    if (byte === WORSE) throw new TypeError('a mistake');
    return byte === undefined ? null : byte === WELCOME ? 'welcome' : 'frame';
  }

  transmit() {
    return this.#out.length > 0 ? Uint8Array.of(this.#out.shift()) : null;
  }

  welcome() {
    return { room: 'main', resumed: this.resumed };
  }

  command(command) {
    this.commands.push(command);
    this.#out.push(command.byte);
    return this.commands.length;
  }

  *notices() {
    yield* this.brings.notices.splice(0);
  }

  *changedRecords() {
    yield* this.brings.records.splice(0);
  }
}

let seen;
let exchange;
let core;
let then;

beforeEach(() => {
  seen = [];
  then = {};
  const note = (name, show = () => name) => (...args) => {
    seen.push(show(...args));
    then[name]?.();
  };
  exchange = new Exchange({
    send: note('send', ([byte]) => `send ${byte}`),
    broken: note('broken', ({ message }) => `broken: ${message}`),
    welcome: note('welcome', ({ room }) => `welcome to ${room}`),
    frame: note('frame'),
    notice: note('notice', ({ chat }) => `notice: ${chat}`),
    record: note('record', (id, record) => `record ${id}: ${record}`),
    document: note('document'),
    done: note('done'),
  });
  core = new Core();
});

const gets = (...bytes) => bytes.forEach((byte) => exchange.receive(Uint8Array.of(byte)));

test('a hello goes out at once, and a welcome comes before all else', () => {
  exchange.greet(core, { name: 'Ada' });
  assert.deepEqual([core.hello, seen], [{ name: 'Ada' }, [`send ${HELLO}`]]);
  assert.equal(exchange.welcome, null);
  gets(WELCOME);
  assert.deepEqual([exchange.welcome.room, seen.at(-1)], ['main', 'welcome to main']);
});

test('what a frame brings comes after the frame itself: notices, records, the whole document', () => {
  exchange.greet(core, {});
  gets(WELCOME);
  seen.length = 0;
  core.brings = { notices: [{ chat: 'hi' }, { chat: 'ho' }], records: [[7, 'a'], [3, 'b']], whole: true };
  gets(FRAME, FRAME);
  assert.deepEqual(seen, ['frame', 'notice: hi', 'notice: ho', 'record 7: a', 'record 3: b', 'document', 'done', 'frame', 'done']);
  assert.deepEqual([...exchange.records.all.keys()], [3, 7]);
});

test('notices about commands are their own affair', async () => {
  exchange.greet(core, {});
  gets(WELCOME);
  const [first, second] = [exchange.command({ byte: 50 }), exchange.command({ byte: 51 })];
  assert.deepEqual(seen.slice(-2), ['send 50', 'send 51']);
  core.brings.notices = [{ taken: { number: 1 } }, { refused: { number: 2, reason: 'not now' } }, { chat: 'hi' }];
  gets(FRAME);
  await first;
  await assert.rejects(second, /not now/);
  assert.deepEqual(seen.filter((what) => what.startsWith('notice')), ['notice: hi']);
});

test('a command waits for the welcome, and goes again only if the server lacks it', () => {
  exchange.greet(core, {});
  for (const byte of [50, 51]) exchange.command({ byte }).catch(() => {});
  assert.deepEqual(core.commands, [], 'nobody has a place yet');
  gets(WELCOME);
  assert.deepEqual(core.commands, [{ byte: 50 }, { byte: 51 }]);
  exchange.drop();
  exchange.command({ byte: 52 }).catch(() => {});
  const next = new Core();
  next.resumed = 1;
  exchange.greet(next, {});
  gets(WELCOME);
  assert.deepEqual(next.commands, [{ byte: 51 }, { byte: 52 }]);
});

test('after another hello, what is still under way is of the room before', () => {
  exchange.greet(core, {});
  gets(WELCOME, FRAME);
  exchange.again();
  assert.equal(exchange.core, null);
  gets(FRAME, WELCOME);
  const next = new Core();
  exchange.greet(next, {});
  seen.length = 0;
  gets(FRAME, BAD, FRAME);
  assert.deepEqual(seen, []);
  gets(WELCOME, FRAME);
  assert.deepEqual(seen, ['welcome to main', 'frame', 'document', 'done']);
});

test('a message that the core refuses ends the connection, and what came behind it is not read', (t) => {
  t.mock.method(console, 'error', () => {});
  then.broken = () => exchange.drop();
  exchange.greet(core, {});
  gets(WELCOME);
  core.receive([BAD]);
  gets(FRAME);
  assert.deepEqual(seen.slice(-2), ['welcome to main', 'broken: no message']);
  gets(FRAME);
  exchange.transmit(0);
  assert.equal(seen.at(-1), 'broken: no message');
});

test('a mistake of the page is none of the server', () => {
  exchange.greet(core, {});
  assert.throws(() => gets(WORSE), TypeError);
  assert.ok(!seen.some((what) => what.startsWith('broken')));
});

test('who leaves in the middle of a frame gets no more of it', () => {
  exchange.greet(core, {});
  gets(WELCOME);
  core.brings.notices = [{ chat: 'hi' }];
  then.frame = () => exchange.drop();
  gets(FRAME);
  assert.deepEqual(seen.slice(-2), ['frame', 'done']);
});

test('commands and document outlast a connection, but not the room', async () => {
  exchange.greet(core, {});
  core.brings.records = [[3, 'b']];
  gets(WELCOME, FRAME);
  exchange.drop();
  assert.deepEqual([exchange.records.all.get(3), exchange.welcome.room], ['b', 'main']);
  const order = exchange.command({ byte: 50 });
  exchange.forget('the session has ended');
  await assert.rejects(order, /the session has ended/);
  assert.equal(exchange.records.all.size, 0);
});

test('a record that the next connection does not confirm is gone once that has all', () => {
  exchange.greet(core, {});
  core.brings.records = [[3, 'b'], [4, 'c']];
  gets(WELCOME, FRAME);
  exchange.drop();
  const next = new Core();
  next.brings = { notices: [], records: [[4, 'c']], whole: false };
  exchange.greet(next, {});
  seen.length = 0;
  gets(WELCOME, FRAME);
  assert.deepEqual([...exchange.records.all.keys()].sort(), [3, 4], 'not all has arrived');
  next.brings.whole = true;
  gets(FRAME);
  assert.deepEqual(seen.filter((what) => /record|document/.test(what)), ['record 4: c', 'record 3: null', 'document']);
});
