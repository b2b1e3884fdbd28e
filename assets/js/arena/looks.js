// What each player looks like: a hull and a hue by the player's number, so that one who was met before
// is known again. People have a filled hull, house bots an outline.

import { OTHER_HULLS, OWN_HULL } from './draw/hulls.js';
import { HUES, HUE_TINTS, TINT, mix } from './palette.js';

/**
 * @typedef {object} Look
 * @property {number} hull an index of `HULLS`
 * @property {number} tint of its lines and lights
 * @property {number | null} body tint of its inside; null for an outline
 */

/** The own ship's, whatever others see. @type {Look} */
const OWN = { hull: OWN_HULL, tint: TINT.own, body: mix(TINT.hull, TINT.own, 0.12) };
/** How much of the hue is in the inside of a person's hull. */
const FILLED = 0.5;

/** @param {number} player */
export function hueOf(player) {
  return HUES[player % HUES.length];
}

/**
 * 32 players with numbers in a row look different, those next to each other in hull and hue.
 * @param {{player: number, own: boolean}} ship
 * @param {number} house the first number of the house bots
 * @returns {Look}
 */
export function lookOf({ player, own }, house) {
  if (own) return OWN;
  const tint = HUE_TINTS[player % HUES.length];
  const hull = OTHER_HULLS[(player + Math.floor(player / HUES.length)) % OTHER_HULLS.length];
  return { hull, tint, body: player < house ? mix(TINT.hull, tint, FILLED) : null };
}
