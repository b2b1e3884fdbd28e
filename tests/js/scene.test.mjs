import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Scene } from '../../assets/js/arena/scene.js';
import { STRIDE, entity, schema } from './arena.mjs';

test('entities are told in world units, the own one apart', () => {
  const scene = new Scene(schema);
  const picture = Float32Array.from([
    ...entity(3, 'ship', 1, { x: 1600, y: 32, vx: 512, hp: 40 }),
    ...entity(5, 'pickup', 0, { x: 16, y: 16, sort: 2 }),
  ]);
  scene.update(picture, STRIDE, 10);
  assert.equal(scene.own.key, 3);
  assert.deepEqual([scene.own.x, scene.own.y, scene.own.vx, scene.own.hp, scene.own.hull], [100, 2, 2, 40, 0.4]);
  assert.deepEqual(scene.pickups.map(({ x, sort }) => [x, sort]), [[1, 2]]);
  assert.equal(scene.entered.length, 2);
});

test('what stays keeps its object, what goes is told once', () => {
  const scene = new Scene(schema);
  const picture = Float32Array.from(entity(3, 'ship', 0, { x: 16 }));
  scene.update(picture, STRIDE, 10);
  const [ship] = scene.ships;
  scene.update(picture, STRIDE, 20);
  assert.equal(scene.ships[0], ship);
  assert.deepEqual([scene.entered.length, scene.left.length], [0, 0]);
  scene.update(new Float32Array(), STRIDE, 30);
  assert.deepEqual(scene.left, [ship]);
  scene.update(new Float32Array(), STRIDE, 40);
  assert.deepEqual([scene.left.length, [...scene.all()].length], [0, 0]);
});
