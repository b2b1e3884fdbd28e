// The WebAssembly core treats the pinned vectors as the native core does (tests/tests/vectors.rs
// reads the same file).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadCore } from '../../assets/js/net/core.js';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path));
const vectors = JSON.parse(read('tests/vectors/arena.json'));
const newCore = await loadCore(read('assets/core.wasm'));
// The same core plus functions that only tests call. Not committed: assets/web/build makes it.
const built = 'target/web/verify.wasm';
const verify = existsSync(at(built)) ? (await WebAssembly.instantiate(read(built))).instance.exports : undefined;
const skip = verify ? false : `there is no ${built}: run assets/web/build`;
const hex = (number) => number.toString(16).padStart(16, '0');

test('a recorded session leads to the same views', { skip }, () => {
  const messages = vectors.server.map((message) => Buffer.from(message, 'hex'));
  const lengths = messages.map((message) => Buffer.from(Uint32Array.of(message.length).buffer));
  const bytes = Buffer.concat(messages.flatMap((message, i) => [lengths[i], message]));
  // This call may grow the memory, so a view of it is made only afterwards.
  const input = verify.input();
  new Uint8Array(verify.memory.buffer).set(bytes, input);
  const length = verify.replay(bytes.length);
  const output = verify.output();
  const hashes = new BigUint64Array(verify.memory.buffer.slice(output, output + length));
  assert.deepEqual([...hashes].map(hex), vectors.replayed);
});

test('the rules run the same from the same seed', { skip }, () => {
  const [seed, ticks, players, hash] = vectors.simulated;
  const simulated = verify.simulate(BigInt(seed), ticks, players);
  assert.equal(hex(BigInt.asUintN(64, simulated)), hash);
});

test('the hello bears the same schema', () => {
  const [, pinned] = vectors.client.find(([name]) => name === 'hello');
  const core = newCore();
  core.connect({ name: 'Ada', room: 'main' });
  assert.equal(Buffer.from(core.transmit(0)).toString('hex'), pinned);
});
