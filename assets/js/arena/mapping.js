// Converts held actions and sticks to the controls of one tick. Pure functions.

import { steps } from './angles.js';
import { BOOST, FIRE, RAIL, THRUST } from './input.js';

/** @typedef {import('./bindings.js').Action} Action */
/** @typedef {{x: number, y: number}} Push how far a stick is pushed, each from -1 to 1 */

/** @type {Partial<Record<Action, readonly [number, number]>>} */
const DIRECTIONS = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] };

const STICK_DEAD = 0.2;
const STICK_RIM = 0.92;
const STICK_FIRE = 0.35;

/**
 * The direction of the held actions; opposite ones cancel out.
 * @param {ReadonlySet<Action>} held
 * @returns {Push}
 */
export function direction(held) {
  let [x, y] = [0, 0];
  for (const action of held) {
    const [dx, dy] = DIRECTIONS[action] ?? [0, 0];
    x += dx;
    y += dy;
  }
  return { x, y };
}

/**
 * A held direction steers there and thrusts; without one the ship drifts.
 * @param {ReadonlySet<Action>} held
 * @param {number} steer the last heading, used while no direction is held
 * @returns {{steer: number, buttons: number}}
 */
export function fromActions(held, steer) {
  const { x, y } = direction(held);
  const guns = (held.has('fire') ? FIRE : 0) | (held.has('rail') ? RAIL : 0);
  if (x === 0 && y === 0) return { steer, buttons: guns };
  return { steer: steps(x, y), buttons: THRUST | (held.has('boost') ? BOOST : 0) | guns };
}

/**
 * The left stick steers and thrusts; boost is its rim on a screen, a button of its own on a gamepad,
 * whose stick is nearly always at its rim.
 * @param {Push | null} stick null when released
 * @param {number} steer
 * @param {boolean} [rim] whether the rim boosts
 * @param {boolean} [boosts] whether a button for it is held
 */
export function fromLeftStick(stick, steer, rim = true, boosts = false) {
  const amount = stick ? Math.hypot(stick.x, stick.y) : 0;
  if (!stick || amount < STICK_DEAD) return { steer, buttons: 0 };
  const boost = boosts || (rim && amount >= STICK_RIM) ? BOOST : 0;
  return { steer: steps(stick.x, stick.y), buttons: THRUST | boost };
}

/**
 * The right stick aims, and fires when it is pushed.
 * @param {Push | null} stick null when released
 * @returns {{aim: Push | null, buttons: number}}
 */
export function fromRightStick(stick) {
  const amount = stick ? Math.hypot(stick.x, stick.y) : 0;
  if (!stick || amount < STICK_DEAD) return { aim: null, buttons: 0 };
  return { aim: stick, buttons: amount >= STICK_FIRE ? FIRE : 0 };
}
