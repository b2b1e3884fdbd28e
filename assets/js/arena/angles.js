// Angles of the rules: 256 steps, 0 = east, 64 = south (y grows downwards).

import { TURN } from './fields.js';

/** Steps for a direction on the screen. */
export function steps(dx, dy) {
  return Math.round((Math.atan2(dy, dx) / (2 * Math.PI)) * TURN) & (TURN - 1);
}

/** Radians for steps, whole or not. */
export function radians(angle) {
  return (angle / TURN) * 2 * Math.PI;
}
