// The world of a map, in world units.

/** @typedef {{x: number, y: number, radius: number}} Circle */
/** @typedef {{width: number, height: number, rocks: Circle[]}} World */

/**
 * The world of a welcome's map.
 * @param {World} map in grid units
 * @param {number} grid grid units in a world unit
 * @returns {World}
 */
export function worldOf({ width, height, rocks }, grid) {
  return {
    width: width / grid,
    height: height / grid,
    rocks: rocks.map(({ x, y, radius }) => ({ x: x / grid, y: y / grid, radius: radius / grid })),
  };
}
