// The world of a map, in world units.

/** @typedef {{x: number, y: number, radius: number}} Circle */
/** Its size and rocks, and the first player's number that is a house bot's.
 * @typedef {{width: number, height: number, rocks: Circle[], house: number}} World */

/**
 * The world of a welcome's map.
 * @param {{width: number, height: number, rocks: Circle[], house?: number}} map in grid units
 * @param {number} grid grid units in a world unit
 * @returns {World}
 */
export function worldOf({ width, height, rocks, house = Infinity }, grid) {
  return {
    width: width / grid,
    height: height / grid,
    house,
    rocks: rocks.map(({ x, y, radius }) => ({ x: x / grid, y: y / grid, radius: radius / grid })),
  };
}
