// Short-lived marks: sparks, smoke, rings of light, debris and words. A fixed number in plain
// arrays; the oldest makes room.

import { BOX, DISC, LABEL, STREAK } from './draw/sprites.js';
import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { TINT, ink } from './palette.js';

const PARTICLES_MAX = 3_072;
const WORDS_MAX = 32;
/** Length of a spark's streak, as seconds of its path. */
const STREAK_S = 0.05;

export class Particles {
  #x = new Float32Array(PARTICLES_MAX);
  #y = new Float32Array(PARTICLES_MAX);
  #vx = new Float32Array(PARTICLES_MAX);
  #vy = new Float32Array(PARTICLES_MAX);
  #age = new Float32Array(PARTICLES_MAX);
  #life = new Float32Array(PARTICLES_MAX);
  #size = new Float32Array(PARTICLES_MAX);
  #grow = new Float32Array(PARTICLES_MAX);
  #drag = new Float32Array(PARTICLES_MAX);
  #alpha = new Float32Array(PARTICLES_MAX);
  #tint = new Int32Array(PARTICLES_MAX);
  #shape = new Uint8Array(PARTICLES_MAX);
  #next = 0;
  #words = [];

  /**
   * Adds a particle. `shape` is DISC (smoke), GLOW, STREAK, SHOCK or BOX (debris); lengths are in
   * world units, `life` is in milliseconds, `drag` is the rate at which speed is lost, per second.
   * @param {number} shape
   * @param {number} x
   * @param {number} y
   * @param {{vx?: number, vy?: number, life: number, size: number, grow?: number, drag?: number, alpha?: number, tint: number}} how
   */
  add(shape, x, y, { vx = 0, vy = 0, life, size, grow = 0, drag = 2, alpha = 1, tint }) {
    const at = this.#next;
    this.#next = (at + 1) % PARTICLES_MAX;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#vx[at] = vx;
    this.#vy[at] = vy;
    this.#age[at] = 0;
    this.#life[at] = life;
    this.#size[at] = size;
    this.#grow[at] = grow;
    this.#drag[at] = drag;
    this.#alpha[at] = alpha;
    this.#tint[at] = tint;
    this.#shape[at] = shape;
  }

  /**
   * Adds a rising word.
   * @param {{text: string, x: number, y: number, vx?: number, life: number, size: number, colour: string}} word
   */
  say({ text, x, y, vx = 0, life, size, colour }) {
    if (this.#words.length === WORDS_MAX) this.#words.shift();
    this.#words.push({ text, x, y, vx, vy: -58, age: 0, life, size, colour });
  }

  /** Advances all particles and words. */
  advance(ms) {
    const seconds = ms / 1000;
    for (let at = 0; at < PARTICLES_MAX; at += 1) {
      if (this.#age[at] >= this.#life[at]) continue;
      this.#age[at] += ms;
      const share = Math.max(0, 1 - this.#drag[at] * seconds);
      this.#vx[at] *= share;
      this.#vy[at] *= share;
      this.#x[at] += this.#vx[at] * seconds;
      this.#y[at] += this.#vy[at] * seconds;
    }
    for (const word of this.#words) {
      word.age += ms;
      word.x += word.vx * seconds;
      word.y += word.vy * seconds;
      word.vy *= Math.max(0, 1 - 1.6 * seconds);
    }
    this.#words = this.#words.filter(({ age, life }) => age < life);
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {{left: number, right: number, top: number, bottom: number}} bounds
   * @param {boolean} smoke true draws only smoke, which lies below ships; false all the rest
   */
  draw(sprites, bounds, smoke) {
    for (let at = 0; at < PARTICLES_MAX; at += 1) {
      const part = this.#age[at] / this.#life[at];
      if (!(part < 1) || (this.#shape[at] === DISC) !== smoke) continue;
      const x = this.#x[at];
      const y = this.#y[at];
      if (x < bounds.left || x > bounds.right || y < bounds.top || y > bounds.bottom) continue;
      this.#put(sprites, at, x, y, part);
    }
  }

  #put(sprites, at, x, y, part) {
    const shape = this.#shape[at];
    const size = this.#size[at];
    const colour = ink(this.#tint[at], this.#alpha[at] * (1 - part));
    if (shape === STREAK) {
      const vx = this.#vx[at] * STREAK_S;
      const vy = this.#vy[at] * STREAK_S;
      sprites.streak(x - vx, y - vy, x, y, size, colour, 0.6);
    } else if (shape === BOX) {
      const angle = at + part * (at % 2 ? 9 : -9);
      sprites.add(BOX, x, y, angle, size, size * 0.45, colour, 0, Math.max(0.9, size * 0.28), ink(TINT.hull, 1 - part));
    } else {
      // Growth is fast at first.
      const radius = Math.max(0.1, size + this.#grow[at] * (1 - (1 - part) ** 3));
      sprites.add(shape, x, y, 0, radius, radius, colour, shape === DISC ? 0.9 : 0.12 + 0.3 * (1 - part));
    }
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {import('./draw/labels.js').Labels} labels
   * @param {number} scale CSS pixels per world unit
   */
  drawWords(sprites, labels, scale) {
    for (const { text, colour, x, y, age, life, size } of this.#words) {
      const grown = Math.min(1, age / 90) * (1 + 0.35 * Math.max(0, 1 - age / 180));
      const alpha = Math.min(1, (2 * (life - age)) / life);
      const [halfX, halfY] = [(HALF_WIDTH / scale) * grown, (HALF_HEIGHT / scale) * grown];
      sprites.add(LABEL, x, y, 0, halfX, halfY, ink(TINT.text, alpha), labels.text(text, colour, size));
    }
  }
}
