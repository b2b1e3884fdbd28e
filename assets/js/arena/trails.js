// The ribbons that engines leave behind: for each ship a ring of the places where it was.

import { BOOST, THRUST } from './fields.js';
import { TRAIL } from './draw/sprites.js';

/** Places kept for each ship, and how far apart in time, milliseconds. */
const POINTS = 12;
const STEP_MS = 32;
const SHIPS_MAX = 2_048;
/** A ship that is this far away all at once did not fly there, world units. */
const JUMP = 140;
const HALF_WIDTH = 4.6;
/** Fainter than this is not drawn. */
const FAINT = 0.015;

export class Trails {
  #x = new Float32Array(SHIPS_MAX * POINTS);
  #y = new Float32Array(SHIPS_MAX * POINTS);
  /** Of the piece that leads from the place before to this one. */
  #angle = new Float32Array(SHIPS_MAX * POINTS);
  #half = new Float32Array(SHIPS_MAX * POINTS);
  #power = new Float32Array(SHIPS_MAX * POINTS);
  #head = new Uint8Array(SHIPS_MAX);
  #length = new Uint8Array(SHIPS_MAX);
  #free = Array.from({ length: SHIPS_MAX }, (_, i) => SHIPS_MAX - 1 - i);
  #sampledAt = 0;

  /**
   * Notes where ships are, when it is time to.
   * @param {import('./scene.js').Ship[]} ships
   * @param {number} now
   */
  sample(ships, now) {
    // As many as the time since the last is worth: a ribbon is as long however slow the screen is.
    const steps = Math.min(POINTS, Math.floor((now - this.#sampledAt) / STEP_MS));
    if (steps === 0) return;
    this.#sampledAt = steps === POINTS ? now : this.#sampledAt + steps * STEP_MS;
    for (const ship of ships) this.#follow(ship, steps);
  }

  /** Takes back the trail of a ship that is no longer drawn. */
  release(ship) {
    if (ship.trail < 0) return;
    this.#free.push(ship.trail);
    ship.trail = -1;
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {import('./scene.js').Ship} ship
   * @param {number} colour of `ink`
   * @param {number} now
   * @param {number} width 1 is usual
   */
  add(sprites, ship, colour, now, width) {
    if (ship.trail < 0) return;
    const base = ship.trail * POINTS;
    const length = this.#length[ship.trail];
    let at = base + this.#head[ship.trail];
    const [dx, dy] = [ship.x - this.#x[at], ship.y - this.#y[at]];
    const since = Math.min(1, (now - this.#sampledAt) / STEP_MS);
    const fresh = dx * dx + dy * dy;
    let power = this.#power[at];
    if (fresh > 0.25 && fresh < JUMP * JUMP && power > FAINT) {
      const angle = Math.atan2(dy, dx);
      const near = power * (1 - since / POINTS);
      sprites.add(TRAIL, this.#x[at] + dx / 2, this.#y[at] + dy / 2, angle, Math.sqrt(fresh) / 2, HALF_WIDTH * width, colour, near, power);
    }
    for (let i = 0; i + 1 < length; i += 1) {
      const older = at === base ? base + POINTS - 1 : at - 1;
      const fade = 1 - (i + since) / (POINTS - 1);
      power = this.#power[older];
      const [back, front] = [Math.max(0, power * (fade - 1 / (POINTS - 1))), this.#power[at] * fade];
      if (front > FAINT && this.#half[at] > 0.2) {
        const [x, y] = [(this.#x[at] + this.#x[older]) / 2, (this.#y[at] + this.#y[older]) / 2];
        sprites.add(TRAIL, x, y, this.#angle[at], this.#half[at], HALF_WIDTH * width * (0.35 + 0.65 * fade), colour, back, front);
      }
      at = older;
    }
  }

  #follow(ship, steps) {
    if (ship.trail < 0) {
      if (this.#free.length === 0) return;
      ship.trail = /** @type {number} */ (this.#free.pop());
      this.#length[ship.trail] = 0;
      this.#head[ship.trail] = 0;
    }
    const last = ship.trail * POINTS + this.#head[ship.trail];
    const [x, y] = [this.#x[last], this.#y[last]];
    const [dx, dy] = [ship.x - x, ship.y - y];
    const way = Math.sqrt(dx * dx + dy * dy);
    if (this.#length[ship.trail] === 0 || way > JUMP * steps) {
      this.#length[ship.trail] = 0;
      this.#note(ship, ship.x, ship.y, 0, 0);
      return;
    }
    const angle = Math.atan2(dy, dx);
    for (let i = 1; i <= steps; i += 1) this.#note(ship, x + (dx * i) / steps, y + (dy * i) / steps, angle, way / steps / 2);
  }

  #note(ship, x, y, angle, half) {
    const slot = ship.trail;
    const head = (this.#head[slot] + 1) % POINTS;
    const at = slot * POINTS + head;
    this.#head[slot] = head;
    this.#length[slot] = Math.min(POINTS, this.#length[slot] + 1);
    this.#x[at] = x;
    this.#y[at] = y;
    this.#angle[at] = angle;
    this.#half[at] = half;
    this.#power[at] = ship.buttons & BOOST ? 0.85 : ship.buttons & THRUST ? 0.42 : 0.1;
  }
}
