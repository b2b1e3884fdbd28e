import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SLOTS, Slots } from '../../assets/js/arena/draw/labels.js';
import { BOX, COLOUR_BYTE, GLOW, STREAK, Sprites, TRAIL, WORDS } from '../../assets/js/arena/draw/sprites.js';
import { Particles } from '../../assets/js/arena/particles.js';
import { Rocks } from '../../assets/js/arena/rocks.js';
import { Trails } from '../../assets/js/arena/trails.js';
import { Ship } from '../../assets/js/arena/scene.js';
import { THRUST } from '../../assets/js/arena/input.js';

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 0.01, `${actual}, not ${expected}`);

/** The sprites of a list, as objects. */
function listed(sprites) {
  return Array.from({ length: sprites.count }, (_, i) => {
    const [x, y, angle, halfX, halfY, shape, a, b] = sprites.floats.subarray(i * WORDS);
    return { x, y, angle, halfX, halfY, shape, a, b, colour: sprites.colours[i * WORDS + 8] };
  });
}

test('a sprite is ten words, its colours bytes from red to opacity', () => {
  const sprites = new Sprites(4);
  sprites.add(GLOW, 0, 0, 0, 1, 1, 0);
  sprites.add(BOX, 1, 2, 3, 4, 5, 0x44332211, 6, 7, 0x11223344);
  assert.deepEqual([...sprites.floats.subarray(WORDS, WORDS + 8)], [1, 2, 3, 4, 5, BOX, 6, 7]);
  const bytes = new Uint8Array(sprites.floats.buffer, WORDS * 4 + COLOUR_BYTE, 8);
  assert.deepEqual([...bytes], [0x11, 0x22, 0x33, 0x44, 0x44, 0x33, 0x22, 0x11]);
});

test('a full list leaves out what comes after, a cleared one takes it', () => {
  const sprites = new Sprites(2);
  for (let i = 0; i < 3; i += 1) sprites.add(BOX, i, 0, 0, 1, 1, 0);
  assert.deepEqual(listed(sprites).map(({ x }) => x), [0, 1]);
  sprites.clear();
  sprites.add(BOX, 9, 0, 0, 1, 1, 0);
  assert.deepEqual(listed(sprites).map(({ x }) => x), [9]);
});

test('a streak lies between its ends and points to the second', () => {
  const sprites = new Sprites(1);
  sprites.streak(0, 0, 0, 10, 2, 0, 1);
  const [{ x, y, angle, halfX, shape }] = listed(sprites);
  assert.deepEqual([x, y, halfX, shape], [0, 5, 7, STREAK]);
  near(angle, Math.PI / 2);
});

test('a label keeps its slot, and the one not asked for the longest makes room', () => {
  const slots = new Slots();
  const count = SLOTS.columns * SLOTS.rows;
  const given = Array.from({ length: count }, (_, i) => slots.find(`label ${i}`));
  assert.equal(new Set(given).size, count);
  assert.ok(given.every((slot) => slot >= 0 && slot < count));
  assert.equal(slots.find('label 0'), given[0]);
  assert.equal(slots.fresh, false);
  assert.equal(slots.find('new'), given[1]);
  assert.equal(slots.fresh, true);
  assert.equal(slots.find('label 0'), given[0]);
});

test('particles outside of the screen are not drawn, nor those that are over', () => {
  const particles = new Particles();
  const bounds = { left: 0, right: 100, top: 0, bottom: 100 };
  particles.add(GLOW, 50, 50, { life: 100, size: 5, tint: 1 });
  particles.add(GLOW, 150, 50, { life: 100, size: 5, tint: 1 });
  const shown = () => {
    const sprites = new Sprites(9);
    particles.draw(sprites, bounds, false);
    return listed(sprites);
  };
  assert.deepEqual(shown().map(({ x }) => x), [50]);
  particles.advance(50);
  near((shown()[0].colour >>> 24) / 255, 0.5);
  particles.advance(60);
  assert.equal(shown().length, 0);
});

test('a trail follows the ship, as long on a slow screen as on a fast one', () => {
  const reach = (frameMs) => {
    const [trails, ship, sprites] = [new Trails(), new Ship(1, 'ship', 0), new Sprites(99)];
    ship.buttons = THRUST;
    for (let now = 1_000; now <= 2_000; now += frameMs) {
      ship.x = now * 0.4;
      trails.sample([ship], now);
    }
    trails.add(sprites, ship, 0, 2_000, 1);
    const pieces = listed(sprites);
    assert.ok(pieces.every(({ shape, y }) => shape === TRAIL && y === 0));
    return ship.x - Math.min(...pieces.map(({ x, halfX }) => x - halfX));
  };
  const [fast, slow] = [reach(10), reach(100)];
  assert.ok(fast > 100, `${fast} units`);
  assert.ok(Math.abs(fast - slow) < 30, `${fast} and ${slow} units`);
});

test('a ship that jumps draws no line across', () => {
  const [trails, ship, sprites] = [new Trails(), new Ship(1, 'ship', 0), new Sprites(99)];
  ship.buttons = THRUST;
  for (let now = 1_000; now < 1_300; now += 16) {
    ship.x += 5;
    trails.sample([ship], now);
  }
  ship.x += 1_000;
  trails.sample([ship], 1_350);
  trails.add(sprites, ship, 0, 1_350, 1);
  assert.equal(sprites.count, 0);
});

test('more ships than trails are drawn without', () => {
  const trails = new Trails();
  const ships = Array.from({ length: 2_100 }, (_, i) => new Ship(i, 'ship', 0));
  trails.sample(ships, 1_000);
  const slots = ships.map(({ trail }) => trail).filter((slot) => slot >= 0);
  assert.equal(new Set(slots).size, slots.length);
  assert.equal(ships.at(-1).trail, -1);
  trails.release(ships[0]);
  trails.sample(ships.slice(-1), 2_000);
  assert.equal(ships.at(-1).trail, slots[0]);
});

test('rocks are found where they are, across cells too', () => {
  const rocks = new Rocks();
  rocks.set([{ x: 790, y: 100, radius: 50 }, { x: 5_000, y: 5_000, radius: 90 }]);
  const within = (left, right) => {
    const found = [];
    rocks.within({ left, right, top: 0, bottom: 200 }, ({ x }) => found.push(x));
    return found;
  };
  assert.deepEqual(within(820, 900), [790]);
  assert.deepEqual(within(3_000, 3_200), []);
  assert.equal(rocks.touches(845, 100, 4), false);
  assert.equal(rocks.touches(845, 100, 6), true);
});
