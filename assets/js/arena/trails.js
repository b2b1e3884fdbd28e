// The ribbons behind engines: for each ship a ring of its recent positions.

import { TRAIL } from './draw/sprites.js';
import { BOOST, THRUST } from './input.js';

/** Number of stored positions per ship, and the time between them in milliseconds. */
const POINTS = 12;
const STEP_MS = 32;
const SHIPS_MAX = 2_048;
/** A ship that moves this far at once did not fly there, world units. */
const JUMP = 140;
const HALF_WIDTH = 4.6;
/** Ribbons fainter than this are not drawn. */
const FAINT = 0.015;

// The numbers of each position: its place, and the segment that leads to it from the one before.
const X = 0;
const Y = 1;
const ANGLE = 2;
const HALF = 3;
const POWER = 4;
const NUMBERS = 5;

export class Trails {
  #points = new Float32Array(SHIPS_MAX * POINTS * NUMBERS);
  #head = new Uint8Array(SHIPS_MAX);
  #length = new Uint8Array(SHIPS_MAX);
  #free = everySlot();
  #sampledAt = 0;

  /**
   * Samples the ships' positions, when it is time.
   * @param {import('./scene.js').Ship[]} ships
   * @param {number} now
   */
  sample(ships, now) {
    // The number of samples that the elapsed time is worth: ribbons have the same length on slow
    // screens.
    const steps = Math.min(POINTS, Math.floor((now - this.#sampledAt) / STEP_MS));
    if (steps <= 0) return;
    this.#sampledAt = steps === POINTS ? now : this.#sampledAt + steps * STEP_MS;
    for (const ship of ships) this.#follow(ship, steps);
  }

  /** Frees every trail, when all ships with trails are forgotten. */
  clear() {
    this.#free = everySlot();
  }

  /** Frees the trail of a ship that is no longer drawn. */
  release(ship) {
    if (!(ship.trail >= 0)) return;
    this.#free.push(ship.trail);
    ship.trail = -1;
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {import('./scene.js').Ship} ship
   * @param {number} colour of `ink`
   * @param {number} now
   * @param {number} width relative to the usual width
   */
  add(sprites, ship, colour, now, width) {
    if (ship.trail < 0) return;
    const points = this.#points;
    const first = ship.trail * POINTS * NUMBERS;
    const length = this.#length[ship.trail];
    const since = Math.min(1, (now - this.#sampledAt) / STEP_MS);
    let at = first + this.#head[ship.trail] * NUMBERS;
    this.#addTip(sprites, ship, at, colour, since, HALF_WIDTH * width);
    for (let i = 0; i + 1 < length; i += 1) {
      const older = at === first ? first + (POINTS - 1) * NUMBERS : at - NUMBERS;
      const left = 1 - (i + since) / (POINTS - 1);
      const front = points[at + POWER] * left;
      if (front > FAINT && points[at + HALF] > 0.2) {
        const back = Math.max(0, points[older + POWER] * (left - 1 / (POINTS - 1)));
        const x = (points[at + X] + points[older + X]) / 2;
        const y = (points[at + Y] + points[older + Y]) / 2;
        const half = HALF_WIDTH * width * (0.35 + 0.65 * left);
        sprites.add(TRAIL, x, y, points[at + ANGLE], points[at + HALF], half, colour, back, front);
      }
      at = older;
    }
  }

  /** The segment from the newest position to the ship. */
  #addTip(sprites, ship, at, colour, since, half) {
    const points = this.#points;
    const dx = ship.x - points[at + X];
    const dy = ship.y - points[at + Y];
    const stretch = dx * dx + dy * dy;
    const power = points[at + POWER];
    if (stretch < 0.25 || stretch > JUMP * JUMP || power < FAINT) return;
    const [x, y] = [points[at + X] + dx / 2, points[at + Y] + dy / 2];
    sprites.add(TRAIL, x, y, Math.atan2(dy, dx), Math.sqrt(stretch) / 2, half, colour, power * (1 - since / POINTS), power);
  }

  #follow(ship, steps) {
    if (ship.trail < 0) {
      const slot = this.#free.pop();
      if (slot === undefined) return;
      ship.trail = slot;
      this.#length[slot] = 0;
      this.#head[slot] = 0;
    }
    const slot = ship.trail;
    const last = (slot * POINTS + this.#head[slot]) * NUMBERS;
    const x = this.#points[last + X];
    const y = this.#points[last + Y];
    const dx = ship.x - x;
    const dy = ship.y - y;
    const stretch = Math.sqrt(dx * dx + dy * dy);
    const power = ship.buttons & BOOST ? 0.85 : ship.buttons & THRUST ? 0.42 : 0.1;
    if (this.#length[slot] === 0 || stretch > JUMP * steps) {
      this.#length[slot] = 0;
      this.#note(slot, ship.x, ship.y, 0, 0, power);
      return;
    }
    const angle = Math.atan2(dy, dx);
    for (let i = 1; i <= steps; i += 1) {
      this.#note(slot, x + (dx * i) / steps, y + (dy * i) / steps, angle, stretch / steps / 2, power);
    }
  }

  #note(slot, x, y, angle, half, power) {
    const head = (this.#head[slot] + 1) % POINTS;
    this.#head[slot] = head;
    if (this.#length[slot] < POINTS) this.#length[slot] += 1;
    const at = (slot * POINTS + head) * NUMBERS;
    const points = this.#points;
    points[at + X] = x;
    points[at + Y] = y;
    points[at + ANGLE] = angle;
    points[at + HALF] = half;
    points[at + POWER] = power;
  }
}

function everySlot() {
  return Array.from({ length: SHIPS_MAX }, (_, i) => SHIPS_MAX - 1 - i);
}
