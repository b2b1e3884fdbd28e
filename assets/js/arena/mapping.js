// From keys and sticks to the controls of one tick. Pure: state goes in, controls come out.

import { steps } from './angles.js';
import { BOOST, FIRE, THRUST } from './fields.js';

const DIRECTIONS = {
  KeyW: [0, -1], ArrowUp: [0, -1],
  KeyS: [0, 1], ArrowDown: [0, 1],
  KeyA: [-1, 0], ArrowLeft: [-1, 0],
  KeyD: [1, 0], ArrowRight: [1, 0],
};

/** Keys that the game takes for itself. */
export const GAME_KEYS = new Set([...Object.keys(DIRECTIONS), 'ShiftLeft', 'ShiftRight', 'Space']);

const STICK_DEAD = 0.2;
const STICK_RIM = 0.92;
const STICK_FIRE = 0.35;

/**
 * A held direction steers there and thrusts; without one the ship drifts on.
 * @param {Set<string>} held key codes
 * @param {number} steer the last heading, kept while no direction is held
 * @returns {{steer: number, buttons: number}}
 */
export function fromKeys(held, steer) {
  let [dx, dy] = [0, 0];
  for (const code of held) {
    const [x, y] = DIRECTIONS[code] ?? [0, 0];
    dx += x;
    dy += y;
  }
  const boost = held.has('ShiftLeft') || held.has('ShiftRight');
  const fire = held.has('Space') ? FIRE : 0;
  // Two keys of one direction count once, two opposite ones not at all.
  if (dx === 0 && dy === 0) return { steer, buttons: fire };
  return { steer: steps(Math.sign(dx), Math.sign(dy)), buttons: THRUST | (boost ? BOOST : 0) | fire };
}

/**
 * The left stick steers and thrusts, and boosts at its rim.
 * @param {{x: number, y: number} | null} stick from -1 to 1, null when let go
 */
export function fromLeftStick(stick, steer) {
  const amount = stick ? Math.hypot(stick.x, stick.y) : 0;
  if (amount < STICK_DEAD) return { steer, buttons: 0 };
  const boost = amount >= STICK_RIM ? BOOST : 0;
  return { steer: steps(stick.x, stick.y), buttons: THRUST | boost };
}

/** The right stick aims, and fires when it is pushed. */
export function fromRightStick(stick, aim) {
  const amount = stick ? Math.hypot(stick.x, stick.y) : 0;
  if (amount < STICK_DEAD) return { aim, buttons: 0 };
  return { aim: steps(stick.x, stick.y), buttons: amount >= STICK_FIRE ? FIRE : 0 };
}
