// Shots and beams as sprites: one's own are thin darts, everybody else's are round with a dark rim.

import { radians } from './angles.js';
import { BEAM, DISC, GLOW, TRAIL } from './draw/sprites.js';
import { TINT, ink } from './palette.js';

/** How long a beam is visible, milliseconds. */
const BEAM_MS = 340;
const DART = { length: 46, half: 4.2 };
const BALL = { radius: 4.6, rim: 7.2, tail: 24 };
/** How strong beams are that neither come from oneself nor point at oneself. */
const ASIDE = 0.4;

/** One's own shots are cyan; those that can hurt oneself are magenta. */
export function shotTint(player, own) {
  return player === own ? TINT.own : TINT.danger;
}

/**
 * Adds a shot with a tail no longer than the distance it has flown; a tail in the colour of overdrive
 * if it was fired in it.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Shot} shot
 * @param {number | null} player the own player
 */
export function addShot(sprites, shot, player) {
  const own = shot.player === player;
  const { x, y } = shot;
  const speed = Math.sqrt(shot.vx * shot.vx + shot.vy * shot.vy) || 1;
  const [came, alongX, alongY] = [Math.hypot(x - shot.fromX, y - shot.fromY), shot.vx / speed, shot.vy / speed];
  const tint = shotTint(shot.player, player);
  const length = Math.min(own ? DART.length : BALL.tail, 8 + came);
  const tail = shot.overdrive ? TINT.overdrive : tint;
  if (own) {
    sprites.streak(x - alongX * length, y - alongY * length, x, y, DART.half, ink(tail, 1), 0.9);
    return;
  }
  const angle = Math.atan2(shot.vy, shot.vx);
  sprites.add(TRAIL, x - alongX * length * 0.5, y - alongY * length * 0.5, angle, length / 2, BALL.rim, ink(tail, shot.overdrive ? 1 : 0.6), 0, shot.overdrive ? 1 : 0.6);
  sprites.add(GLOW, x, y, 0, 17, 17, ink(tint, 0.35));
  sprites.add(DISC, x, y, 0, BALL.rim, BALL.rim, ink(TINT.outside, 0.95));
  sprites.add(DISC, x, y, 0, BALL.radius, BALL.radius, ink(tint, 1));
}

/**
 * Adds a rail's beam: a lance at first, then a wake that widens and fades.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./scene.js').Beam} beam
 * @param {number | null} player the own player
 * @param {import('./scene.js').Ship | null} own
 * @param {number} now
 */
export function addBeam(sprites, beam, player, own, now) {
  const part = Math.min(1, (now - beam.bornAt) / BEAM_MS);
  const angle = radians(beam.aim);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const half = beam.length / 2;
  const [x, y] = [beam.x + dx * half, beam.y + dy * half];
  const tint = shotTint(beam.player, player);
  const strength = beam.player === player || (own && isNear(own, beam, dx, dy)) ? 1 : ASIDE;
  const left = 1 - part;
  const lance = Math.max(0, 1 - part * 2.6) * strength;
  sprites.add(BEAM, x, y, angle, half, 13 + 16 * part, ink(tint, left * left * strength), 0);
  if (lance > 0) sprites.add(BEAM, x, y, angle, half, 4 + 8 * lance, ink(tint, lance), 0.55);
  for (const at of [0, beam.length]) {
    sprites.add(GLOW, beam.x + dx * at, beam.y + dy * at, 0, 14 + 26 * left, 14 + 26 * left, ink(tint, 0.8 * left * left * strength));
  }
}

/** Whether a beam ends close to a ship or passes it closely. */
function isNear(ship, { x, y, length }, dx, dy) {
  const along = Math.min(length, Math.max(0, (ship.x - x) * dx + (ship.y - y) * dy));
  return Math.hypot(x + dx * along - ship.x, y + dy * along - ship.y) < 60;
}
