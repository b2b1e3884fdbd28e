import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FreeAim, assistance, sightOf } from '../../assets/js/arena/aim.js';
import { radians } from '../../assets/js/arena/angles.js';

const CONE = 0.3;
const own = { key: 1, heading: 0, x: 1_000, y: 1_000 };
const enemy = (angle, far, more) => ({ x: own.x + Math.cos(angle) * far, y: own.y + Math.sin(angle) * far, vx: 0, vy: 0, own: false, shield: 0, ...more });
const sight = (...ships) => ({ own, ships, gun: { speed: 1_000, range: 1_000 }, centre: { x: 0, y: 0 }, assists: true });
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('an enemy in the middle of the cone has the aim; towards its edge the pull fades to nothing, smoothly', () => {
  const pull = (angle) => assistance(0, CONE, sight(enemy(angle, 400)), false);
  near(pull(0), 0);
  near(pull(0.1), 0.1);
  near(pull(-0.1), -0.1);
  let before = 0;
  for (let angle = 0; angle < 2 * CONE; angle += 0.001) {
    const now = pull(angle);
    assert.ok(now >= 0 && now <= angle + 1e-9, 'it pulls towards the enemy, never past it');
    assert.ok(Math.abs(now - before) < 0.004, `a jump at ${angle}`);
    before = now;
  }
  near(pull(CONE), 0);
  near(pull(Math.PI), 0);
});

test('the cone closes around the west, where angles jump', () => {
  near(assistance(Math.PI - 0.05, CONE, sight(enemy(-Math.PI + 0.05, 400)), false), 0.1);
});

test('the nearest counts; not the own ship, one that is protected, or one out of range', () => {
  near(assistance(0, CONE, sight(enemy(0.1, 500), enemy(-0.05, 300)), false), -0.05);
  near(assistance(0, CONE, sight(enemy(0.1, 300, { own: true }), enemy(0.1, 300, { shield: 3 }), enemy(0.1, 950)), false), 0);
  assert.equal(assistance(0, CONE, { ...sight(enemy(0.1, 300)), own: null }, false), 0);
});

test('it leads by the flight of the shot, which then meets the enemy; the rail needs no lead', () => {
  const target = enemy(0, 400, { vy: 200 });
  const angle = assistance(0, 0.9, sight(target), true);
  const seconds = 400 / Math.cos(angle) / 1_000;
  assert.ok(Math.abs(Math.tan(angle) * 400 - 200 * seconds) < 2, `it misses at ${angle}`);
  near(assistance(0, 0.9, sight(target), false), 0);
});

test('without a stick the aim is ahead; a released stick holds its aim for a while', () => {
  const aim = new FreeAim();
  const at = (now, stick, ahead) => aim.update(stick, ahead, sight(), { now, leads: true });
  assert.equal(at(0, null, 64), 64);
  assert.equal(at(16, null, 192), 192);
  assert.equal(at(32, { x: 0, y: 1 }, 192), 64);
  assert.equal(at(1_000, null, 192), 64);
  assert.equal(at(3_000, null, 192), 192);
  at(3_016, { x: 0, y: 1 }, 192);
  aim.reset();
  assert.equal(at(3_032, null, 192), 192);
});

test('assistance turns the aim gradually, and far less for a stick than for keys', () => {
  const aim = new FreeAim();
  const target = enemy(0.15, 400);
  const turn = (now, stick) => radians(aim.update(stick, 0, sight(target), { now, leads: false }));
  const turns = [0, 16, 32, 48, 64, 80, 96].map((now) => turn(now, null));
  for (let i = 1; i < turns.length; i += 1) assert.ok(turns[i] >= turns[i - 1] && turns[i] - turns[i - 1] < 0.1);
  assert.ok(turns[1] < 0.1 && Math.abs(turns.at(-1) - 0.15) < 0.02, String(turns));
  for (let now = 100; now < 1_000; now += 16) turn(now, { x: 1, y: 0 });
  assert.equal(turn(1_016, { x: 1, y: 0 }), 0);
});

test('where the server forbids assistance the aim stays where it points', () => {
  const [aim, assisted] = [new FreeAim(), new FreeAim()];
  const seen = sight(enemy(0.15, 400));
  for (let now = 0; now < 500; now += 16) {
    const when = { now, leads: true };
    assert.equal(aim.update(null, 0, { ...seen, assists: false }, when), 0);
    assisted.update(null, 0, seen, when);
  }
  assert.notEqual(assisted.update(null, 0, seen, { now: 500, leads: true }), 0);
});

test('assistance is as the map of the welcome says', () => {
  const camera = { toScreen: () => ({ x: 0, y: 0 }) };
  const assists = (welcome) => sightOf({ scene: { own: null, ships: [] }, view: { camera }, session: { welcome } }).assists;
  const map = (aim_assistance) => ({ tick_hz: 30, map: { rules: { shot_speed: 900, shot_life_s: 1 }, aim_assistance } });
  assert.deepEqual([assists(map(true)), assists(map(false)), assists(null)], [true, false, false]);
});
