import assert from 'node:assert/strict';
import { test } from 'node:test';

import { radians, steps } from '../../assets/js/arena/angles.js';
import { BOOST, FIRE, RAIL, THRUST } from '../../assets/js/arena/input.js';
import { direction, fromActions, fromLeftStick, fromRightStick } from '../../assets/js/arena/mapping.js';

const [EAST, SOUTH_EAST, SOUTH, WEST, NORTH] = [0, 32, 64, 128, 192];

test('directions become steps, clockwise from the east', () => {
  assert.equal(steps(1, 0), EAST);
  assert.equal(steps(0, 1), SOUTH);
  assert.equal(steps(-1, 0), WEST);
  assert.equal(steps(-1, -1e-9), WEST);
  assert.equal(steps(0, -1), NORTH);
  assert.equal(steps(1, -1e-9), EAST);
});

test('steps and radians are each other\'s inverse', () => {
  for (let angle = 0; angle < 256; angle += 1) {
    assert.equal(steps(Math.cos(radians(angle)), Math.sin(radians(angle))), angle);
  }
});

const held = (...actions) => new Set(actions);

test('held actions steer and thrust', () => {
  const from = (...actions) => fromActions(held(...actions), 77);
  assert.deepEqual(from('right'), { steer: EAST, buttons: THRUST });
  assert.deepEqual(from('down', 'right'), { steer: SOUTH_EAST, buttons: THRUST });
  assert.deepEqual(from('left', 'boost', 'fire'), { steer: WEST, buttons: THRUST | BOOST | FIRE });
  assert.deepEqual(from('up', 'rail'), { steer: NORTH, buttons: THRUST | RAIL });
});

test('without a direction the ship drifts on with its heading', () => {
  assert.deepEqual(fromActions(held(), 77), { steer: 77, buttons: 0 });
  assert.deepEqual(fromActions(held('left', 'right', 'boost'), 77), { steer: 77, buttons: 0 });
  assert.deepEqual(fromActions(held('fire', 'rail'), 77), { steer: 77, buttons: FIRE | RAIL });
  assert.deepEqual(direction(held('up', 'left', 'chat')), { x: -1, y: -1 });
});

test('the left stick thrusts, and boosts at its rim', () => {
  assert.deepEqual(fromLeftStick(null, 5), { steer: 5, buttons: 0 });
  assert.deepEqual(fromLeftStick({ x: 0.1, y: 0 }, 5), { steer: 5, buttons: 0 });
  assert.deepEqual(fromLeftStick({ x: 0, y: 0.6 }, 5), { steer: SOUTH, buttons: THRUST });
  assert.deepEqual(fromLeftStick({ x: -1, y: 0 }, 5), { steer: WEST, buttons: THRUST | BOOST });
});

test('a gamepad boosts by its button, not by its rim', () => {
  assert.deepEqual(fromLeftStick({ x: -1, y: 0 }, 5, false), { steer: WEST, buttons: THRUST });
  assert.deepEqual(fromLeftStick({ x: -0.5, y: 0 }, 5, false, true), { steer: WEST, buttons: THRUST | BOOST });
  assert.deepEqual(fromLeftStick(null, 5, false, true), { steer: 5, buttons: 0 });
});

test('the right stick aims before it fires', () => {
  assert.deepEqual(fromRightStick({ x: 0, y: -0.25 }), { aim: { x: 0, y: -0.25 }, buttons: 0 });
  assert.deepEqual(fromRightStick({ x: 0, y: -0.8 }), { aim: { x: 0, y: -0.8 }, buttons: FIRE });
  assert.deepEqual(fromRightStick({ x: 0.1, y: 0 }), { aim: null, buttons: 0 });
  assert.deepEqual(fromRightStick(null), { aim: null, buttons: 0 });
});
