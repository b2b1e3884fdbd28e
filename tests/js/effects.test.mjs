import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Sprites } from '../../assets/js/arena/draw/sprites.js';
import { Effects } from '../../assets/js/arena/effects.js';
import { Rocks } from '../../assets/js/arena/rocks.js';
import { FADE_OUT_MS, Scene } from '../../assets/js/arena/scene.js';
import { STRIDE, entity, schema } from './arena.mjs';

const ME = 1;
const ALL = { left: -1e6, right: 1e6, top: -1e6, bottom: 1e6 };

const ship = (key, x, player, own = 0) => entity(key, 'ship', own, { x: x * 16, y: 0, hp: 100, player });
const shot = (key, x, player) => entity(key, 'shot', 0, { x: x * 16, y: 0, vx: 999, life: 9, player });

/** Plays pictures in order; returns the sounds, and the number of particles seen after each. */
function play(pictures, { calm = false, rocks = [] } = {}) {
  const heard = [];
  const sound = new Proxy({}, { get: (_, name) => () => heard.push(name) });
  const [scene, effects, map] = [new Scene(schema), new Effects({ matches: calm }, sound), new Rocks()];
  map.set(rocks);
  const seen = pictures.map((picture, i) => {
    scene.update(Float32Array.from(picture.flat()), STRIDE, i * 16);
    effects.watch(scene, ME, i * 16, map);
    const sprites = new Sprites();
    effects.particles.draw(sprites, ALL, false);
    return sprites.count;
  });
  return { heard, seen, effects, scene };
}

test('a shot that leaves its ship flashes once, under whatever key it goes', () => {
  const other = ship(5, 0, 2);
  const { heard, seen } = play([[other], [other, shot(-3, 20, 2)], [other, shot(-3, 35, 2)]]);
  assert.deepEqual(heard, ['shot']);
  assert.deepEqual(seen, [0, 1, 1]);
});

test('a shot that comes into view from afar does not flash', () => {
  const other = ship(5, 0, 2);
  assert.deepEqual(play([[other], [other, shot(9, 400, 2)]]).seen, [0, 0]);
});

test('a shot that is withdrawn or has flown its way just goes', () => {
  const far = ship(5, 0, 2);
  assert.deepEqual(play([[far, shot(9, 400, ME)], [far]]).seen, [0, 0]);
});

test('a shot that ends at a rock strikes sparks', () => {
  const { seen } = play([[shot(9, 400, 2)], []], { rocks: [{ x: 440, y: 0, radius: 30 }] });
  assert.ok(seen[1] > 0);
});

test('a hit that is told as an event is not shown a second time when the shot is gone', () => {
  const pair = [ship(4, 0, ME, 1), ship(5, 400, 2)];
  const [, , after] = play([pair, [...pair, shot(9, 390, ME)], pair]).seen;
  const [, , others] = play([pair, [...pair, shot(9, 390, 3)], pair]).seen;
  const [arrived] = play([pair]).seen;
  assert.equal(after, arrived);
  assert.ok(others > arrived);
});

test('calm motion: no shaking, no flash, fewer particles', () => {
  const event = { x: 0, y: 0, victim: ME, killer: 2, streak: 1 };
  const shaken = [];
  const camera = { shake: (strength) => shaken.push(strength) };
  const count = (calm) => {
    const { effects } = play([[]], { calm });
    effects.kill(event, ME, camera);
    effects.hit({ x: 0, y: 0, damage: 40, by: 2, to: ME }, ME, camera);
    const sprites = new Sprites();
    effects.particles.draw(sprites, ALL, false);
    return { particles: sprites.count, flash: effects.flash };
  };
  const calm = count(true);
  assert.deepEqual([shaken.length, calm.flash], [0, 0]);
  const lively = count(false);
  assert.ok(shaken.length > 0 && lively.flash > 0 && lively.particles > 2 * calm.particles);
});

test('a ship that leaves the view is seen going for a moment', () => {
  const scene = new Scene(schema);
  scene.update(Float32Array.from([...ship(5, 0, 2), ...ship(6, 9, 3)]), STRIDE, 0);
  scene.update(Float32Array.from(ship(6, 9, 3)), STRIDE, 16);
  assert.deepEqual(scene.fading.map(({ key }) => key), [5]);
  scene.update(Float32Array.from(ship(6, 9, 3)), STRIDE, 17 + FADE_OUT_MS);
  assert.equal(scene.fading.length, 0);
});
