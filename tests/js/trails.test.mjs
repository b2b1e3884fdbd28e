import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Trails } from '../../assets/js/arena/trails.js';

const SHIPS_MAX = 2_048;

const fleet = (count) => Array.from({ length: count }, (_, i) => ({ x: i, y: 0, trail: -1, buttons: 0 }));

test('each ship has a trail of its own, as many as there are', () => {
  const trails = new Trails();
  const ships = fleet(SHIPS_MAX + 1);
  trails.sample(ships, 100);
  assert.equal(new Set(ships.map(({ trail }) => trail)).size, SHIPS_MAX + 1);
  assert.equal(ships[SHIPS_MAX].trail, -1);
});

test('ships of another connection get the trails of those that were forgotten', () => {
  const trails = new Trails();
  trails.sample(fleet(SHIPS_MAX), 100);
  trails.clear();
  const ships = fleet(SHIPS_MAX);
  trails.sample(ships, 200);
  assert.ok(ships.every(({ trail }) => trail >= 0));
});
