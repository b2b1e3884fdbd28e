// The core of another game, built by its author's way: the library knows nothing of Arena.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadCore } from '../../assets/js/net/core.js';

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
  core.connect('Ada', 'main');
  assert.ok(Buffer.from(core.transmit(0)).includes('Ada'));
  assert.deepEqual([core.hold(Uint8Array.of(9, 247), 0), core.hold(Uint8Array.of(10, 0), 0)], [true, false]);
});
