// A line while it is drawn: from what the pointer says to the few whole numbers that are sent.

import { GRID } from './palette.js';
import { boxOfLine } from './shapes.js';

/** Finest step of points on the screen, and how far a point may be beside the line to be left out,
 * pixels of the page. */
const [STEP, TOLERANCE] = [0.25, 0.4];
const STEP_LOG2_MAX = 6;
/** A step reaches so far: a signed byte. */
const REACH = 127;
/** Points that are looked at together. */
const LOOK_MAX = 48;
/** Points of one request, and of one line: limits of the rules, with some space. */
const [SENT_MAX, POINTS_MAX] = [390, 6_000];

/** @typedef {{x: number, y: number}} Place units */

/** A line that this page draws. It is shown until the room's line has all of it. */
export class Draft {
  #step;
  #log2;
  #tolerance;
  /** What the pointer said since the last point that stays.
   * @type {Place[]} */
  #look = [];
  /** @type {[number, number][]} */
  #unsent = [];
  /** The last point that stays, grid units, and how many there are. */
  #x;
  #y;
  #count = 0;
  /** Requests that the rules have not yet taken, and when they took the last. */
  pending = 0;
  settledAt = 0;
  finished = false;
  refused = false;
  /** The number of the request that began it; 0 before it was sent. */
  number = 0;

  /**
   * @param {Place} place
   * @param {number} zoom pixels per unit
   * @param {number} colour
   * @param {number} width
   */
  constructor(place, zoom, colour, width) {
    this.#log2 = Math.min(STEP_LOG2_MAX, Math.max(0, Math.floor(Math.log2((STEP * GRID) / zoom))));
    this.#step = 2 ** this.#log2;
    this.#tolerance = TOLERANCE / zoom;
    [this.#x, this.#y] = [Math.round(place.x * GRID), Math.round(place.y * GRID)];
    /** Of its points, units. */
    this.step = this.#step / GRID;
    this.colour = colour;
    this.width = width;
    this.start = [this.#x, this.#y];
    /** Those that stay, units. */
    this.points = [this.#x / GRID, this.#y / GRID];
  }

  /** The request that begins it. */
  started() {
    const { colour, width, start: place } = this;
    return { Draw: { colour, width, step_log2: this.#log2, place, points: this.take() } };
  }

  /** All points with those that may be left out later.
   * @returns {number[]} */
  get shown() {
    return [...this.points, ...this.#look.flatMap(({ x, y }) => [x, y])];
  }

  get box() {
    return boxOfLine(this.shown, this.width);
  }

  /** Whether it is as long as a line can be. */
  get isFull() {
    return this.#count >= POINTS_MAX;
  }

  /** Goes on to a place. @param {Place} place */
  to(place) {
    const from = { x: this.#x / GRID, y: this.#y / GRID };
    const isStraight = this.#look.every((point) => distance(point, from, place) <= this.#tolerance);
    if (!isStraight || this.#look.length >= LOOK_MAX) this.#stay();
    this.#look.push(place);
  }

  /** The points to send, so that others see the line up to its end; at most what one request takes. */
  take() {
    if (this.#look.length) this.#stay();
    return this.#unsent.splice(0, SENT_MAX);
  }

  /** The newest place stays; those before it are on the way. */
  #stay() {
    const { x, y } = /** @type {Place} */ (this.#look.at(-1));
    this.#look = [];
    const steps = [Math.round((x * GRID - this.#x) / this.#step), Math.round((y * GRID - this.#y) / this.#step)];
    // A long way is several steps.
    const parts = Math.max(1, Math.ceil(Math.max(Math.abs(steps[0]), Math.abs(steps[1])) / REACH));
    for (let part = 1, before = [0, 0]; part <= parts; part += 1) {
      const to = steps.map((step) => Math.round((step * part) / parts));
      const [dx, dy] = [to[0] - before[0], to[1] - before[1]];
      before = to;
      if (dx === 0 && dy === 0) continue;
      this.#x += dx * this.#step;
      this.#y += dy * this.#step;
      this.#unsent.push([dx, dy]);
      this.points.push(this.#x / GRID, this.#y / GRID);
      this.#count += 1;
    }
  }
}

/** How far a point is from the line between two others. */
function distance(point, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = dx * dx + dy * dy;
  const along = long ? Math.min(1, Math.max(0, ((point.x - from.x) * dx + (point.y - from.y) * dy) / long)) : 0;
  return Math.hypot(from.x + along * dx - point.x, from.y + along * dy - point.y);
}
