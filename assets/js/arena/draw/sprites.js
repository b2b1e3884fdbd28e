// The sprites of one picture: a list in painter's order, as plain numbers. Modules that know the
// game add sprites; a painter (WebGL or 2D canvas) puts them on the screen.
//
// A sprite is ten words:
//
//   0 x, 1 y          middle, world units
//   2 angle           radians, clockwise on the screen
//   3 halfX, 4 halfY  half of its extent along and across its angle, world units
//   5 shape           one of the constants below
//   6 a, 7 b          their meaning depends on the shape
//   8 colour, 9 fill  bytes red, green, blue, opacity

/** Number of words of a sprite. */
export const WORDS = 10;
/** Byte offset of a sprite's colours. */
export const COLOUR_BYTE = 32;

/** A box with a border `b` wide and corners of radius `a`, and the fill inside. */
export const BOX = 0;
/** A disc; `a` is the share of the radius over which the edge fades. */
export const DISC = 1;
/**
 * A circle of radius `halfX` with a line `a` wide, and the fill inside. `b` is 0 for the whole
 * circle, below 1 the share that is drawn around the angle, from 2 on the number of dashes.
 */
export const RING = 2;
/** A ship's hull of radius `halfX`; `a` is an index of `HULLS`, `b` the glow of its edge. */
export const HULL = 3;
/** A rock; `a` is its skin. */
export const ROCK = 4;
/** A text or sign of the label atlas; `a` is its slot. */
export const LABEL = 5;
/** Shapes from here on are light: they add to what lies below. */
export const LIGHT = 8;
/** Light that fades from the middle outwards. */
export const GLOW = 8;
/** A line with a bright head at its far end (+x) and a fading tail; `a` is its core's white. */
export const STREAK = 9;
/** A soft band; its opacity goes from `a` at its back to `b` at its front. */
export const TRAIL = 10;
/** A circle of light; `a` is the thickness of the light as a share of the radius. */
export const SHOCK = 11;
/** A lance; `a` is the white share of its width. */
export const BEAM = 12;

/** Limit of sprites; a full view of ships, shots and trails needs fewer. */
const SPRITES_MAX = 32_768;

export class Sprites {
  /** @param {number} [capacity] limit of sprites; further sprites are skipped */
  constructor(capacity = SPRITES_MAX) {
    this.capacity = capacity;
    this.floats = new Float32Array(capacity * WORDS);
    this.colours = new Int32Array(this.floats.buffer);
    this.count = 0;
  }

  clear() {
    this.count = 0;
  }

  /**
   * Adds a sprite above all others.
   * @param {number} shape
   * @param {number} x
   * @param {number} y
   * @param {number} angle
   * @param {number} halfX
   * @param {number} halfY
   * @param {number} colour of `ink`
   * @param {number} [a]
   * @param {number} [b]
   * @param {number} [fill] of `ink`
   */
  add(shape, x, y, angle, halfX, halfY, colour, a = 0, b = 0, fill = 0) {
    if (this.count === this.capacity) return;
    const { floats, colours } = this;
    const at = this.count * WORDS;
    floats[at] = x;
    floats[at + 1] = y;
    floats[at + 2] = angle;
    floats[at + 3] = halfX;
    floats[at + 4] = halfY;
    floats[at + 5] = shape;
    floats[at + 6] = a;
    floats[at + 7] = b;
    colours[at + 8] = colour;
    colours[at + 9] = fill;
    this.count += 1;
  }

  /**
   * Adds a light from one point to another, with the bright head at the second.
   * @param {number} fromX
   * @param {number} fromY
   * @param {number} toX
   * @param {number} toY
   * @param {number} half half its width
   * @param {number} colour
   * @param {number} core
   */
  streak(fromX, fromY, toX, toY, half, colour, core) {
    const dx = toX - fromX;
    const dy = toY - fromY;
    const length = Math.sqrt(dx * dx + dy * dy) / 2;
    this.add(STREAK, (fromX + toX) / 2, (fromY + toY) / 2, Math.atan2(dy, dx), length + half, half, colour, core);
  }

  /**
   * Adds a plain line.
   * @param {number} fromX
   * @param {number} fromY
   * @param {number} toX
   * @param {number} toY
   * @param {number} width
   * @param {number} colour
   */
  line(fromX, fromY, toX, toY, width, colour) {
    const dx = toX - fromX;
    const dy = toY - fromY;
    const length = Math.sqrt(dx * dx + dy * dy) / 2;
    this.add(BOX, (fromX + toX) / 2, (fromY + toY) / 2, Math.atan2(dy, dx), length, width / 2, 0, 0, 0, colour);
  }
}
