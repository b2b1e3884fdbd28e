// What tests of the page need of the core: Arena's schema, and pictures made by name.

import { readFileSync } from 'node:fs';

import { loadCore } from '../../assets/js/net/core.js';

const newCore = await loadCore(readFileSync(new URL('../../assets/core.wasm', import.meta.url)));

export const schema = newCore().schema();
/** Numbers per entity. */
export const STRIDE = newCore().stride;

/** An entity of a picture; lengths are in steps of their fields. */
export function entity(key, kind, own, fields) {
  const numbers = new Float32Array(STRIDE);
  const { head } = schema;
  [numbers[head.key], numbers[head.kind], numbers[head.own]] = [key, schema.kind(kind).number, own];
  for (const [name, value] of Object.entries(fields)) numbers[schema.kind(kind).field(name).at] = value;
  return [...numbers];
}
