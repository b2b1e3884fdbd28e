// The schema by name, and what the page reads of Arena's.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { radians } from '../../assets/js/arena/angles.js';
import { BOOST, FIRE, RAIL, THRUST } from '../../assets/js/arena/input.js';
import { Scene } from '../../assets/js/arena/scene.js';
import { Schema, SchemaError } from '../../assets/js/net/schema.js';
import { STRIDE, entity, schema } from './arena.mjs';

const field = (name, at, more = {}) => ({ name, at, min: 0, max: 9, role: 'outcome', blend: 'step', steps_per_unit: 1, ...more });

/** The descriptor of a small game; `swap` exchanges the places of x and y. */
function described(swap = false) {
  const [x, y] = swap ? [4, 3] : [3, 4];
  return {
    game: 'small',
    steps_per_unit: 4,
    view: { half_x: 40, half_y: 20, margin: 8, cell: 16 },
    head: ['key', 'kind', 'own'],
    kinds: [
      { name: 'stone', fields: [] },
      { name: 'runner', fields: [field('x', x, { steps_per_unit: 4 }), field('y', y, { steps_per_unit: 4 }), field('tired', 5)] },
    ],
    private: [field('score', 0), field('rank', 1)],
    controls: [],
  };
}

test('entities and private numbers are read by name, in units of the world', () => {
  const small = new Schema(described());
  const picture = Float32Array.of(7, 1, 1, 8, 12, 5, 9, 0, 0, 0, 0, 0);
  const [runner, stone] = [...small.entities(picture, 6)];
  assert.deepEqual(runner, { key: 7, kind: 'runner', own: true, x: 2, y: 3, tired: 5 });
  assert.deepEqual(stone, { key: 9, kind: 'stone', own: false });
  assert.deepEqual(small.private.read(Int32Array.of(80, 3)), { score: 80, rank: 3 });
  assert.deepEqual(small.view, { halfX: 10, halfY: 5, margin: 2, cell: 4 });
});

test('a page that reads by name does not mind the order of fields', () => {
  const read = (swap, numbers) => {
    const { at, unit } = new Schema(described(swap)).kind('runner').places('x', 'y');
    return [numbers[at.x] / unit.x, numbers[at.y] / unit.y];
  };
  assert.deepEqual(read(false, [7, 1, 1, 8, 12, 5]), read(true, [7, 1, 1, 12, 8, 5]));
});

test('a name that the schema does not have is an error that says which there are', () => {
  const small = new Schema(described());
  const fails = (act, text) => assert.throws(act, (error) => error instanceof SchemaError && error.message === text);
  fails(() => small.kind('ship'), 'small has no kind ship; it has stone, runner');
  fails(() => small.kind('runner').places('x', 'hp'), 'the kind runner has no field hp; it has x, y, tired');
  fails(() => small.private.field('kills'), 'the private state has no field kills; it has score, rank');
  fails(() => new Scene(small), 'small has no kind ship; it has stone, runner');
});

test('what the scene reads is what the core writes, field by field', () => {
  for (const [kind, list, names] of [
    ['ship', 'ships', ['x', 'y', 'vx', 'vy', 'steer', 'buttons', 'aim', 'hp', 'heading', 'energy', 'shield', 'player', 'streak']],
    ['shot', 'shots', ['x', 'y', 'vx', 'vy', 'life', 'player']],
    ['pickup', 'pickups', ['x', 'y', 'sort']],
    ['beam', 'beams', ['x', 'y', 'aim', 'length', 'life', 'player']],
  ]) {
    const scene = new Scene(schema);
    // A different number in each field.
    const steps = Object.fromEntries(names.map((name, i) => [name, (i + 1) * schema.kind(kind).field(name).steps_per_unit]));
    scene.update(Float32Array.from(entity(5, kind, 0, steps)), STRIDE, 0);
    assert.equal(scene[list].length, 1, kind);
    assert.deepEqual(names.map((name) => scene[list][0][name]), names.map((_, i) => i + 1), kind);
  }
});

test('Arena\'s private state has what the panels show', () => {
  schema.private.places('score', 'kills', 'deaths', 'streak', 'place', 'players', 'respawn_tick', 'killer', 'rail_ready');
});

test('angles and buttons are those of the rules', () => {
  const ship = schema.kind('ship');
  for (const name of ['steer', 'aim', 'heading']) {
    const { min, max } = ship.field(name);
    assert.equal(min, 0);
    assert.ok(Math.abs(radians(max + 1) - 2 * Math.PI) < 1e-9, name);
  }
  assert.equal(ship.field('buttons').max, THRUST | BOOST | FIRE | RAIL);
});
