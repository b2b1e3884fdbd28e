// The core of another game, built by its author's way: the library knows nothing of Arena.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { CoreError, loadCore } from '../../assets/js/net/core.js';

const built = 'target/web/toy.wasm';
const at = new URL(`../../${built}`, import.meta.url);
const skip = existsSync(at) ? false : `there is no ${built}: run assets/web/build --crate tests/web ${built}`;

test('the core of another game describes its own schema and takes its own controls', { skip }, async () => {
  const core = (await loadCore(readFileSync(at)))();
  const schema = core.schema();
  assert.equal(schema.game, 'toy');
  assert.deepEqual(schema.kinds.map(({ name }) => name), ['dot']);
  assert.equal(schema.kind('dot').field('x').blend, 'linear');
  assert.deepEqual(schema.private.read(core.private), { steps: 0, owed: 0 });
  core.connect({ name: 'Ada', room: 'main' });
  assert.ok(Buffer.from(core.transmit(0)).includes('Ada'));
});

test('controls are held by name or as bytes, and the core says what is wrong with them', { skip }, async () => {
  const core = (await loadCore(readFileSync(at)))();
  const { controls } = core.schema();
  const values = controls.values({ dy: -9 }, assert.fail);
  assert.deepEqual([...values], [0, -9]);
  core.hold(values, 0);
  core.hold(Uint8Array.of(9, 247), 0);
  const refused = (held, message) => assert.throws(() => core.hold(held, 0), (error) => error instanceof CoreError && message.test(error.message));
  refused(Int32Array.of(0, 10), /^dy = 10, outside -9..=9$/);
  refused(Int32Array.of(0), /^1 values for the 2 controls of toy$/);
  refused(Uint8Array.of(10, 0), /^dx = 10, outside -9..=9$/);
  refused(Uint8Array.of(1, 2, 3), /^3 bytes are no input of toy, whose default takes 2: 1 bytes too many/);
});
