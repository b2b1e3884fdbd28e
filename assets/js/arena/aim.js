// Where the guns point without a mouse: where the stick is pushed, else ahead of the ship, in both
// cases with slight assistance, unless the server forbids it. What a mouse points at is never changed.

import { radians, steps } from './angles.js';

/** The aim of a released stick holds for this long; then the ship aims ahead. */
const HOLD_MS = 1_500;
/** Half the angle in which an enemy attracts the aim, radians: keys give eight directions only. */
const CONE = { ahead: 0.36, stick: 0.15 };
/** Within this share of the cone the aim is on the enemy; from there to its edge the pull fades. */
const FULL = 0.5;
/** How fast assistance turns the aim, radians a second. */
const TURN_PER_S = 4;
/** The share of a shot's range within which it assists. */
const RANGE = 0.9;

/** @typedef {{x: number, y: number, vx: number, vy: number, own: boolean, shield: number}} Target world units, and units a tick */
/** @typedef {{speed: number, range: number}} Gun of its shots, units a tick and units */
/**
 * What the aim depends on.
 * @typedef {object} Sight
 * @property {{key: number, heading: number, x: number, y: number} | null} own the own ship, world units
 * @property {readonly Target[]} ships all ships in view
 * @property {Gun} gun
 * @property {{x: number, y: number}} centre where the own ship is on the screen, CSS pixels
 * @property {boolean} assists whether the server allows assistance
 */

/**
 * The page's present sight.
 * @param {{scene: {own: any, ships: any[]}, view: {camera: import('./camera.js').Camera}, session: {welcome: any}}} page
 * @returns {Sight}
 */
export function sightOf({ scene: { own, ships }, view: { camera }, session: { welcome } }) {
  const { rules = {}, aim_assistance: assists = false } = welcome?.map ?? {};
  const { shot_speed: speed = 1, shot_life_s: life = 0 } = rules;
  const gun = { speed: speed / (welcome?.tick_hz ?? 30), range: speed * life };
  return { own, ships, gun, centre: camera.toScreen(own ?? camera), assists };
}

/** The aim of a player without a mouse. */
export class FreeAim {
  /** The last direction of the stick, radians. */
  #stick = 0;
  #stickAt = -1e9;
  /** What assistance adds, radians. */
  #offset = 0;
  #at = 0;

  /** Forgets the last direction of the stick. */
  reset() {
    this.#stickAt = -1e9;
    this.#offset = 0;
  }

  /**
   * The direction, in steps.
   * @param {{x: number, y: number} | null} stick pushed beyond its dead zone, else null
   * @param {number} ahead the ship's heading, steps
   * @param {Sight} sight
   * @param {{now: number, leads: boolean}} when milliseconds; `leads` for shots, which take time to arrive
   */
  update(stick, ahead, sight, { now, leads }) {
    if (stick) {
      this.#stick = Math.atan2(stick.y, stick.x);
      this.#stickAt = now;
    }
    const held = now - this.#stickAt < HOLD_MS;
    const base = held ? this.#stick : radians(ahead);
    const wanted = !sight.assists ? 0 : assistance(base, held ? CONE.stick : CONE.ahead, sight, leads);
    const most = (TURN_PER_S * Math.min(100, Math.max(0, now - this.#at))) / 1000;
    this.#at = now;
    this.#offset += Math.min(most, Math.max(-most, wanted - this.#offset));
    const angle = base + this.#offset;
    return steps(Math.cos(angle), Math.sin(angle));
  }
}

/**
 * The angle from a direction towards the nearest enemy in a cone around it, radians; 0 without one.
 * @param {number} base radians
 * @param {number} cone half its angle, radians
 * @param {Sight} sight
 * @param {boolean} leads whether to aim where the enemy will be
 */
export function assistance(base, cone, { own, ships, gun }, leads) {
  if (!own) return 0;
  let [pull, nearest] = [0, gun.range * RANGE];
  for (const ship of ships) {
    if (ship.own || ship.shield > 0) continue;
    const [dx, dy] = [ship.x - own.x, ship.y - own.y];
    const distance = Math.hypot(dx, dy);
    if (distance >= nearest || distance === 0) continue;
    const ticks = leads ? flight(dx, dy, ship, gun.speed) : 0;
    const off = turn(Math.atan2(dy + ship.vy * ticks, dx + ship.vx * ticks) - base);
    if (Math.abs(off) >= cone) continue;
    nearest = distance;
    pull = off * Math.min(1, (1 - Math.abs(off) / cone) / (1 - FULL));
  }
  return pull;
}

/** How long a shot flies until it meets a moving target, ticks; two rounds come close enough. */
function flight(dx, dy, { vx, vy }, speed) {
  let ticks = Math.hypot(dx, dy) / speed;
  for (let round = 0; round < 2; round += 1) ticks = Math.hypot(dx + vx * ticks, dy + vy * ticks) / speed;
  return ticks;
}

/** An angle as the shorter turn, -π to π. */
function turn(angle) {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
