// The WebAssembly core does with the pinned vectors what the native core does
// (tests/tests/vectors.rs reads the same file).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadCore } from '../../assets/js/net/core.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const vectors = JSON.parse(read('tests/vectors/arena.json'));
const newCore = await loadCore(read('assets/core.wasm'));
const hex = (number) => number.toString(16).padStart(16, '0');

test('a recorded session leads to the same views', () => {
  const messages = vectors.server.map((message) => Uint8Array.from(Buffer.from(message, 'hex')));
  assert.deepEqual(newCore().replay(messages).map(hex), vectors.replayed);
});

test('the rules run the same from the same seed', () => {
  const [seed, ticks, players, hash] = vectors.simulated;
  assert.equal(hex(newCore().simulate(seed, ticks, players)), hash);
});

test('the hello bears the same schema', () => {
  const [, pinned] = vectors.client.find(([name]) => name === 'hello');
  const hello = newCore().connect('Ada', 'main');
  assert.equal(Buffer.from(hello).toString('hex'), pinned);
});
