// Ships and what is drawn around them, as sprites.

import { radians } from './angles.js';
import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { BOX, DISC, GLOW, HULL, LABEL, RING, STREAK } from './draw/sprites.js';
import { BOOST, THRUST } from './input.js';
import { lookOf } from './looks.js';
import { PALETTE, TINT, ink, mix } from './palette.js';
import { FADE_OUT_MS } from './scene.js';

/** Radius of a ship and of a pickup in the rules, world units. */
export const RADIUS = 14;
const FADE_IN_MS = 180;
/** Protection with this number of ticks left, or fewer, blinks. */
const SHIELD_WARNING = 30;
/** Slightly larger than the circle that the rules use for hits. */
export const HULL_RADIUS = RADIUS * 1.2;
const SHIELD_RADIUS = RADIUS + 12;
const OVERDRIVE_RADIUS = RADIUS + 17;
const HULL_ARC = { radius: RADIUS + 11, span: 0.3, around: -Math.PI / 2 };
/** A ship with this many kills since its last death burns. */
export const STREAK_MIN = 3;
const HIT_MS = 110;
/** Cracks across the hull of a ship that is almost destroyed: from and to, in radii. */
const CRACKS = [[[0.5, -0.5], [0.05, 0.05]], [[0.05, 0.05], [-0.3, -0.15]], [[-0.3, -0.15], [-0.62, 0.42]]];

/**
 * How ships are drawn in this picture.
 * @typedef {object} Showing
 * @property {number} now
 * @property {boolean} calm whether blinking is off
 * @property {number} house the first number of the house bots
 * @property {number} overdriveTicks how long overdrive lasts
 */

/** Whether a ship is almost destroyed. */
export function isHurt(ship) {
  return ship.hull < 0.35;
}

/**
 * Adds a ship without its name.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Ship} ship
 * @param {number} aim radians
 * @param {boolean} full whether to draw every detail; in a crowd far ships have fewer
 * @param {Showing} showing
 */
export function addShip(sprites, ship, aim, full, { now, calm, house, overdriveTicks }) {
  const { x, y } = ship;
  const look = (ship.look ??= lookOf(ship, house));
  const shown = visibility(ship, now);
  const heading = radians(ship.heading);
  const blink = calm ? 0 : now;
  if (ship.own) addGround(sprites, x, y, shown);
  if (ship.streak >= STREAK_MIN) addAura(sprites, ship, look.tint, shown, blink);
  if (ship.buttons & (THRUST | BOOST)) addFlame(sprites, ship, look.tint, shown, blink);
  const struck = now - ship.hitAt < HIT_MS;
  const line = struck ? TINT.text : look.tint;
  addGun(sprites, ship, aim, ink(line, 0.95 * shown));
  const body = struck ? mix(look.tint, TINT.text, 0.6) : look.body;
  const inside = body === null ? 0 : ink(body, shown);
  sprites.add(HULL, x, y, heading, HULL_RADIUS, HULL_RADIUS, ink(line, shown), look.hull, ship.own ? 0.5 : full ? 0.3 : 0.12, inside);
  // Dark on a filled hull, of its own colour where one sees through it.
  if (full && isHurt(ship)) addCracks(sprites, ship, heading, look.body === null ? ink(look.tint, 0.9 * shown) : ink(TINT.outside, 0.95 * shown));
  if (ship.overdrive > 0) addOverdrive(sprites, ship, Math.min(1, ship.overdrive / overdriveTicks), shown);
  if (ship.shield > 0) addShield(sprites, ship, look.tint, shown, blink);
  else if (ship.own || (full && ship.hull < 1)) addHull(sprites, ship, look.tint, shown);
}

/** Opacity, 0 to 1: fades in a ship that enters the view and fades out one that left. */
function visibility(ship, now) {
  if (ship.leftAt > 0) return Math.max(0, 1 - (now - ship.leftAt) / FADE_OUT_MS);
  return Math.min(1, (now - ship.bornAt) / FADE_IN_MS);
}

/** Darkens the ground below the own ship and lights it up, so that it stands out in a crowd. */
function addGround(sprites, x, y, shown) {
  sprites.add(DISC, x, y, 0, 52, 52, ink(TINT.outside, 0.55 * shown), 0.9);
  sprites.add(GLOW, x, y, 0, 84, 84, ink(TINT.own, 0.24 * shown));
}

function addFlame(sprites, ship, tint, shown, now) {
  const heading = radians(ship.heading);
  const boosting = ship.buttons & BOOST;
  const flicker = 0.82 + 0.18 * Math.sin(now * 0.05 + ship.key * 37);
  const length = (boosting ? 40 : 24) * flicker;
  const dx = Math.cos(heading);
  const dy = Math.sin(heading);
  const back = RADIUS * 0.55;
  const half = length / 2;
  sprites.add(STREAK, ship.x - dx * (back + half - 4), ship.y - dy * (back + half - 4), heading, half, boosting ? 8 : 6.5, ink(tint, 0.9 * shown), 0.9);
  if (boosting) sprites.add(GLOW, ship.x - dx * 14, ship.y - dy * 14, 0, 24, 24, ink(tint, 0.4 * flicker * shown));
}

/** A small barrel in the ship's aim direction. */
function addGun(sprites, ship, aim, colour) {
  const dx = Math.cos(aim);
  const dy = Math.sin(aim);
  const reach = RADIUS + (ship.own ? 8 : 5);
  sprites.add(BOX, ship.x + dx * reach, ship.y + dy * reach, aim, ship.own ? 4 : 3, 1.3, 0, 1, 0, colour);
}

/** The fire around a ship with a streak. */
function addAura(sprites, ship, tint, shown, now) {
  const beat = 0.75 + 0.25 * Math.sin(now * 0.012 + ship.key);
  const strength = Math.min(1, ship.streak / 10) * 0.35 + 0.3;
  sprites.add(GLOW, ship.x, ship.y, 0, 46, 46, ink(mix(tint, TINT.text, 0.4), strength * beat * shown));
}

function addShield(sprites, ship, tint, shown, now) {
  const blink = ship.shield < SHIELD_WARNING && now % 400 < 160 ? 0.25 : 1;
  sprites.add(
    RING, ship.x, ship.y, now * 0.0012, SHIELD_RADIUS, SHIELD_RADIUS,
    ink(TINT.text, 0.9 * blink * shown), 2, 10, ink(tint, 0.3 * blink * shown),
  );
}

function addCracks(sprites, ship, heading, colour) {
  const [cos, sin] = [Math.cos(heading) * HULL_RADIUS, Math.sin(heading) * HULL_RADIUS];
  for (const [[ax, ay], [bx, by]] of CRACKS) {
    sprites.line(ship.x + ax * cos - ay * sin, ship.y + ax * sin + ay * cos, ship.x + bx * cos - by * sin, ship.y + bx * sin + by * cos, 2.4, colour);
  }
}

/** A ring around the ship that empties as its overdrive runs out. */
function addOverdrive(sprites, { x, y }, left, shown) {
  const radius = OVERDRIVE_RADIUS;
  sprites.add(RING, x, y, -Math.PI / 2, radius, radius, ink(TINT.overdrive, 0.28 * shown), 1.6);
  sprites.add(RING, x, y, -Math.PI / 2, radius, radius, ink(TINT.overdrive, 0.95 * shown), 3.2, Math.min(0.999, Math.max(0.001, left)));
}

/** An arc above the ship for the remaining hit points. */
function addHull(sprites, ship, tint, shown) {
  const { radius, span, around } = HULL_ARC;
  const left = Math.max(0.001, span * Math.max(0, ship.hull));
  sprites.add(RING, ship.x, ship.y, around, radius, radius, ink(tint, 0.2 * shown), 2.4, span);
  sprites.add(RING, ship.x, ship.y, around, radius, radius, ink(tint, 0.95 * shown), 2.4, left);
}

/**
 * Adds a ship's name below it, and a crown above it if it leads the room.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./draw/labels.js').Labels} labels
 * @param {import('./scene.js').Ship} ship
 * @param {boolean} leads
 * @param {number} scale CSS pixels per world unit
 * @param {number} alpha
 */
export function addName(sprites, labels, ship, leads, scale, alpha) {
  const [halfX, halfY] = [HALF_WIDTH / scale, HALF_HEIGHT / scale];
  const colour = ink(TINT.text, alpha);
  if (leads) sprites.add(LABEL, ship.x, ship.y - RADIUS - 20, 0, halfX, halfY, colour, labels.sign('crown', PALETTE.lead));
  if (!ship.name || ship.own) return;
  const text = ship.streak >= STREAK_MIN ? `${ship.name} ×${ship.streak}` : ship.name;
  const slot = labels.text(text, leads ? PALETTE.lead : PALETTE.text, 12);
  sprites.add(LABEL, ship.x, ship.y + RADIUS + 9 + 9 / scale, 0, halfX, halfY, colour, slot);
}
