import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { encodeInput } from '../../assets/js/arena/input.js';
import { Core, CoreError, loadCore } from '../../assets/js/net/core.js';
import { PERFECT, linkText } from '../../assets/js/net/link.js';

const asset = (name) => new URL(`../../assets/${name}`, import.meta.url);
const newCore = await loadCore(readFileSync(asset('core.wasm')));

test('the core asks nothing of the page and bears no path of a machine', () => {
  const bytes = readFileSync(asset('core.wasm'));
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  for (const path of ['/home/', '/root/', '/work/', '/Users/', '.cargo']) {
    assert.equal(bytes.includes(path), false, path);
  }
});

test('the hello is the message of the protocol: room, name, whether to spectate, whom to resume, the ticket and how changes are encoded behind the schema', () => {
  const core = newCore();
  core.connect({ name: 'Zoë', room: 'main' });
  const hello = core.transmit(0);
  const tail = Buffer.concat([Buffer.from([4]), Buffer.from('main'), Buffer.from([4]), Buffer.from('Zoë'), Buffer.from([0])]);
  assert.equal(hello[0], 0, 'the first of the messages');
  assert.equal(hello[1], 253, 'an integer of eight bytes follows');
  assert.deepEqual(Buffer.from(hello.subarray(10)), Buffer.concat([tail, Buffer.from([0, 0, 0])]));
  const token = Array.from({ length: 16 }, (_, at) => 200 + at);
  const again = newCore();
  again.connect({ name: 'Zoë', room: 'main', place: { token, tick: 300 }, ticket: 'a.b.c' });
  const resume = Buffer.from([1, ...token, 251, 44, 1, 1, 5, ...Buffer.from('a.b.c'), 0]);
  assert.deepEqual(Buffer.from(again.transmit(0).subarray(10)), Buffer.concat([tail, resume]));
});

test('before the welcome there is nothing to draw, to send or to tell', () => {
  const core = newCore();
  core.connect({ name: 'a' });
  assert.equal(core.tick, -1);
  assert.equal(core.draw(5).length, 0);
  core.hold(encodeInput(1, 2, 3), 5);
  assert.throws(() => core.hold(encodeInput(1, 2, 255), 5), CoreError, 'no such buttons');
  const hello = core.transmit(5);
  assert.equal(core.transmit(5), null);
  assert.equal(core.deliver(5), null);
  assert.deepEqual([core.truth().length, core.path().length], [0, 0]);
  assert.equal(core.live(5).newest, 0);
  assert.equal(core.welcome(), null);
  assert.deepEqual([...core.notices()], []);
  assert.equal(core.private.length, core.privateLen);
  assert.equal(core.stats().frames, 0);
  assert.equal(core.stats().bytes_out, hello.length);
});

test('a core that is older than the page says so when controls are held by name', () => {
  const { hold_values: _, ...older } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(asset('core.wasm')))).exports;
  const refused = (error) => error instanceof CoreError && /rebuild the core$/.test(error.message);
  assert.throws(() => new Core(older).hold(Int32Array.of(1), 5), refused);
});

test('chat is trimmed, and nothing is sent when nothing is left', () => {
  const core = newCore();
  assert.equal(core.chat('  hi there '), true);
  assert.ok(Buffer.from(core.transmit(0)).includes('hi there'));
  assert.equal(core.chat(' \u3000\n'), false);
  assert.equal(core.transmit(0), null);
});

test('garbage is refused with words, and the core lives on', () => {
  const core = newCore();
  core.connect({ name: 'a' });
  let state = 0x9e3779b9;
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Uint8Array.from({ length: round % 90 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    if (bytes.length && round % 2) bytes[0] = 1;
    core.receive(bytes, round);
    assert.throws(() => core.deliver(round), (error) => error instanceof CoreError && error.message.length > 0);
  }
  core.connect({ name: 'a' });
  assert.ok(core.transmit(0).length > 0);
});

test('a message longer than the protocol allows is refused', () => {
  assert.throws(() => newCore().receive(new Uint8Array((1 << 20) + 1), 0), CoreError);
});

test('the conditions of a link come back in numbers', () => {
  const core = newCore();
  const link = { latency: 100, jitter: 30, stall: 7, stallFor: 300, kbps: 500 };
  assert.deepEqual(core.setLink(linkText(link)), link);
  assert.deepEqual(core.setLink(''), PERFECT);
});

test('a link delays both ways, and says what is wrong with its conditions', () => {
  const core = newCore();
  assert.throws(() => core.setLink('100'), /`100` is not a valid latency; a link is like 100ms,jitter=30ms/);
  core.setLink('100ms');
  core.connect({ name: 'a' });
  assert.equal(core.transmit(1000), null);
  assert.equal(core.transmit(1049), null);
  assert.equal(core.transmit(1050)[0], 0, 'the hello');
  core.receive(Uint8Array.of(1), 2000);
  assert.equal(core.deliver(2049), null);
  assert.throws(() => core.deliver(2050), CoreError);
  core.setLink('');
  core.chat('at once');
  assert.ok(core.transmit(3000).length > 0);
});
