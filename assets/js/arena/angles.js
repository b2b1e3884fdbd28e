// Angles as in the rules: 256 steps, 0 = east, 64 = south (y grows downwards).

/** Steps of a full turn. */
const TURN = 256;

/** Converts a direction on the screen to an angle in steps. */
export function steps(dx, dy) {
  return Math.round((Math.atan2(dy, dx) / (2 * Math.PI)) * TURN) & (TURN - 1);
}

/** Converts an angle in steps, whole or fractional, to radians. */
export function radians(angle) {
  return (angle / TURN) * 2 * Math.PI;
}
