// Texts and signs, each painted once into a slot of an atlas from which every painter copies. The
// least recently used slot makes room.

import { PALETTE, fade } from '../palette.js';

/** The atlas: rows of slots, in pixels; `fine` pixels make a CSS pixel. */
export const SLOTS = Object.freeze({ columns: 4, rows: 32, width: 384, height: 36, fine: 2 });
/** Half the size of a slot, CSS pixels. */
export const HALF_WIDTH = SLOTS.width / SLOTS.fine / 2;
export const HALF_HEIGHT = SLOTS.height / SLOTS.fine / 2;

const SIGNS = Object.freeze({
  repair: 'M -2.5 -7 H 2.5 V -2.5 H 7 V 2.5 H 2.5 V 7 H -2.5 V 2.5 H -7 V -2.5 H -2.5 Z',
  energy: 'M 2 -8.5 L -6 2 H -1 L -2 8.5 L 6 -2 H 1 Z',
  overdrive: 'M 0 -8.5 L 2.5 -2.7 L 8.5 -2.4 L 3.9 1.5 L 5.3 7.6 L 0 4.2 L -5.3 7.6 L -3.9 1.5 L -8.5 -2.4 L -2.5 -2.7 Z',
  crown: 'M -8 -5 L -4 -0.5 L 0 -7 L 4 -0.5 L 8 -5 L 6.5 5.5 H -6.5 Z',
});

const COUNT = SLOTS.columns * SLOTS.rows;

/** The allocation of slots to keys: the part of the atlas that needs no canvas. */
export class Slots {
  /** @type {Map<string, number>} */
  #slots = new Map();
  #keys = /** @type {string[]} */ ([]);
  #askedAt = new Float64Array(COUNT);
  #asked = 0;
  /** Whether the last slot returned must be painted first. */
  fresh = false;

  /**
   * Returns the slot of a key and marks it as used.
   * @param {string} key
   * @returns {number}
   */
  find(key) {
    const known = this.#slots.get(key);
    this.fresh = known === undefined;
    const slot = known ?? this.#take(key);
    this.#askedAt[slot] = this.#asked += 1;
    return slot;
  }

  #take(key) {
    let slot = this.#keys.length;
    if (slot === COUNT) {
      slot = this.#askedAt.indexOf(Math.min(...this.#askedAt));
      this.#slots.delete(this.#keys[slot]);
    }
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    return slot;
  }
}

export class Labels {
  #slots = new Slots();
  #context;
  canvas = document.createElement('canvas');
  /** Slots painted since a painter last copied them. */
  painted = /** @type {number[]} */ ([]);

  constructor() {
    this.canvas.width = SLOTS.columns * SLOTS.width;
    this.canvas.height = SLOTS.rows * SLOTS.height;
    this.#context = /** @type {CanvasRenderingContext2D} */ (
      this.canvas.getContext('2d', { willReadFrequently: true })
    );
  }

  /**
   * The slot of a text with a height limit of 17 CSS pixels; a long text is narrowed.
   * @param {string} text
   * @param {string} colour
   * @param {number} size CSS pixels
   * @returns {number}
   */
  text(text, colour, size) {
    return this.#slot(`${colour} ${size} ${text}`, (context) => {
      context.font = `650 ${size}px system-ui, sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      context.lineWidth = 3;
      context.strokeStyle = fade(PALETTE.outside, 0.75);
      context.fillStyle = colour;
      const room = 2 * HALF_WIDTH - 6;
      context.strokeText(text, 0, 0, room);
      context.fillText(text, 0, 0, room);
    });
  }

  /**
   * The slot of a sign.
   * @param {keyof typeof SIGNS} name
   * @param {string} colour
   * @returns {number}
   */
  sign(name, colour) {
    return this.#slot(`${colour} sign ${name}`, (context) => {
      const path = new Path2D(SIGNS[name]);
      context.lineJoin = 'round';
      context.lineWidth = 2;
      context.strokeStyle = fade(PALETTE.outside, 0.6);
      context.stroke(path);
      context.fillStyle = colour;
      context.fill(path);
    });
  }

  /**
   * @param {string} key
   * @param {(context: CanvasRenderingContext2D) => void} paint
   */
  #slot(key, paint) {
    const slot = this.#slots.find(key);
    if (this.#slots.fresh) {
      const context = this.#context;
      const { x, y } = slotPlace(slot);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(x, y, SLOTS.width, SLOTS.height);
      context.setTransform(SLOTS.fine, 0, 0, SLOTS.fine, x + SLOTS.width / 2, y + SLOTS.height / 2);
      paint(context);
      this.painted.push(slot);
    }
    return slot;
  }
}

/** The position of a slot in the atlas, pixels. */
export function slotPlace(slot) {
  return { x: (slot % SLOTS.columns) * SLOTS.width, y: Math.floor(slot / SLOTS.columns) * SLOTS.height };
}
