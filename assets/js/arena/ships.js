// Ships, shots, beams and pickups as sprites.

import { radians } from './angles.js';
import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { OTHER_HULL, OWN_HULL } from './draw/hulls.js';
import { BEAM, BOX, DISC, GLOW, HULL, LABEL, RING, SHOCK, STREAK } from './draw/sprites.js';
import { BOOST, THRUST } from './input.js';
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
const HULL_ARC = { radius: RADIUS + 11, span: 0.62, around: -Math.PI / 2 };
/** A ship with this many kills since its last death burns. */
export const STREAK_MIN = 3;
const HIT_MS = 110;
/** How long a beam is visible, milliseconds. */
const BEAM_MS = 340;

const PICKUPS = /** @type {const} */ ([
  { sign: 'repair', colour: PALETTE.repair, tint: TINT.repair },
  { sign: 'energy', colour: PALETTE.energy, tint: TINT.energy },
  { sign: 'overdrive', colour: PALETTE.overdrive, tint: TINT.overdrive },
]);

/** Own shots are cyan; dangerous ones are magenta. */
export function shotTint(player, own) {
  return player === own ? TINT.own : TINT.danger;
}

/** Whether a ship is almost destroyed. */
export function isHurt(ship) {
  return ship.hull < 0.35;
}

/**
 * Adds a ship without its name.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Ship} ship
 * @param {number} aim radians
 * @param {number} now
 * @param {boolean} full whether to draw every detail; in a crowd far ships have fewer
 * @param {boolean} calm whether blinking is off
 */
export function addShip(sprites, ship, aim, now, full, calm) {
  const { x, y } = ship;
  const shown = visibility(ship, now);
  const heading = radians(ship.heading);
  const tint = ship.own ? TINT.own : TINT.other;
  if (ship.own) addGround(sprites, x, y, shown);
  if (ship.streak >= STREAK_MIN) addAura(sprites, ship, shown, calm ? 0 : now);
  if (ship.buttons & (THRUST | BOOST)) addFlame(sprites, ship, heading, shown, calm ? 0 : now);
  const hurt = isHurt(ship);
  const struck = now - ship.hitAt < HIT_MS;
  const line = struck ? TINT.text : hurt && (calm || now % 460 < 200) ? TINT.danger : tint;
  const body = struck ? mix(tint, TINT.text, 0.6) : TINT.hull;
  addGun(sprites, ship, aim, ink(line, 0.95 * shown));
  const hull = ship.own ? OWN_HULL : OTHER_HULL;
  sprites.add(HULL, x, y, heading, HULL_RADIUS, HULL_RADIUS, ink(line, shown), hull, ship.own ? 0.5 : full ? 0.3 : 0.12, ink(body, shown));
  if (ship.shield > 0) addShield(sprites, ship, tint, shown, calm ? 0 : now);
  else if (ship.own || (full && ship.hull < 1)) addHull(sprites, ship, hurt ? TINT.danger : tint, shown);
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

function addFlame(sprites, ship, heading, shown, now) {
  const boosting = ship.buttons & BOOST;
  const flicker = 0.82 + 0.18 * Math.sin(now * 0.05 + ship.key * 37);
  const length = (boosting ? 40 : 24) * flicker;
  const dx = Math.cos(heading);
  const dy = Math.sin(heading);
  const tint = ship.own ? TINT.own : TINT.other;
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

function addAura(sprites, ship, shown, now) {
  const beat = 0.75 + 0.25 * Math.sin(now * 0.012 + ship.key);
  const strength = Math.min(1, ship.streak / 10) * 0.35 + 0.3;
  sprites.add(GLOW, ship.x, ship.y, 0, 46, 46, ink(TINT.overdrive, strength * beat * shown));
}

function addShield(sprites, ship, tint, shown, now) {
  const blink = ship.shield < SHIELD_WARNING && now % 400 < 160 ? 0.25 : 1;
  sprites.add(
    RING, ship.x, ship.y, now * 0.0012, SHIELD_RADIUS, SHIELD_RADIUS,
    ink(TINT.text, 0.9 * blink * shown), 2, 10, ink(tint, 0.3 * blink * shown),
  );
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
  if (leads) sprites.add(LABEL, ship.x, ship.y - RADIUS - 20, 0, halfX, halfY, colour, labels.sign('crown', PALETTE.overdrive));
  if (!ship.name || ship.own) return;
  const text = ship.streak >= STREAK_MIN ? `${ship.name} ×${ship.streak}` : ship.name;
  const slot = labels.text(text, leads ? PALETTE.overdrive : PALETTE.text, 12);
  sprites.add(LABEL, ship.x, ship.y + RADIUS + 9 + 9 / scale, 0, halfX, halfY, colour, slot);
}

/**
 * Adds a shot as a streak along its path, no longer than the distance it has flown.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Shot} shot
 * @param {number | null} player the own player
 */
export function addShot(sprites, shot, player) {
  const own = shot.player === player;
  const tint = own ? TINT.own : TINT.danger;
  const speed = Math.sqrt(shot.vx * shot.vx + shot.vy * shot.vy) || 1;
  const cameX = shot.x - shot.fromX;
  const cameY = shot.y - shot.fromY;
  const length = Math.min(42, 8 + Math.sqrt(cameX * cameX + cameY * cameY));
  const dx = (shot.vx / speed) * length;
  const dy = (shot.vy / speed) * length;
  sprites.streak(shot.x - dx, shot.y - dy, shot.x, shot.y, own ? 6 : 5.4, ink(tint, 1), 0.85);
  sprites.add(GLOW, shot.x, shot.y, 0, 17, 17, ink(tint, 0.42));
}

/**
 * Adds a rail's beam: a lance at first, then a wake that widens and fades.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Beam} beam
 * @param {number | null} player the own player
 * @param {number} now
 */
export function addBeam(sprites, beam, player, now) {
  const part = Math.min(1, (now - beam.bornAt) / BEAM_MS);
  const angle = radians(beam.aim);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const half = beam.length / 2;
  const [x, y] = [beam.x + dx * half, beam.y + dy * half];
  const tint = shotTint(beam.player, player);
  const left = 1 - part;
  const lance = Math.max(0, 1 - part * 2.6);
  sprites.add(BEAM, x, y, angle, half, 13 + 16 * part, ink(tint, left * left), 0);
  if (lance > 0) sprites.add(BEAM, x, y, angle, half, 4 + 8 * lance, ink(tint, lance), 0.55);
  for (const at of [0, beam.length]) {
    sprites.add(GLOW, beam.x + dx * at, beam.y + dy * at, 0, 14 + 26 * left, 14 + 26 * left, ink(tint, 0.8 * left * left));
  }
}

/**
 * Adds a pickup; its sign shows its sort as well as its colour does.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./draw/labels.js').Labels} labels
 * @param {import('./scene.js').Pickup} pickup
 * @param {number} now
 */
export function addPickup(sprites, labels, { x, y, sort, key }, now) {
  const { sign, colour, tint } = PICKUPS[sort] ?? PICKUPS[0];
  const beat = Math.sin(now * 0.004 + key);
  const half = RADIUS * (0.96 + 0.05 * beat);
  sprites.add(GLOW, x, y, 0, 44, 44, ink(tint, 0.3 + 0.08 * beat));
  sprites.add(BOX, x, y, Math.PI / 4, half, half, ink(tint, 0.9), 4, 1.8, ink(mix(TINT.hull, tint, 0.12), 0.85));
  sprites.add(SHOCK, x, y, 0, 19 + 3 * beat, 19 + 3 * beat, ink(tint, 0.18), 0.2);
  // Signs belong to the world: they scale with the box, whatever the screen.
  sprites.add(LABEL, x, y, 0, HALF_WIDTH, HALF_HEIGHT, ink(TINT.text, 1), labels.sign(sign, colour));
}
