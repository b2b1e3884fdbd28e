// The camera: converts world units to CSS pixels.

import { freeArea } from './freearea.js';

// On an upright touch screen the sticks and the panels cover both ends, so the server's view may
// cover less than the screen's height: it only has to fill what is left in between.
const UPRIGHT = 0.8;
// On a small screen ships stay large enough to distinguish, and the screen shows less of the world.
const SCALE_MIN = 0.7;
const SHAKE_MS = 280;
/** The least that the screen shows beyond the world's border, world units: the server's view ends there
 * on the other side of the screen. */
const BEYOND_MIN = 64;
/** Room for the ship that the camera follows, on each side, world units: its hull and its marks. */
const SHIP_ROOM = 30;
/** The followed ship stays in the middle of the screen while that lies within the free area by this share
 * of its size. */
const INNER = 0.2;
/** How long the camera takes for most of the way when panels change. */
const EASE_MS = 180;

export class Camera {
  #view;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  scale = 1;
  /** The size of the world, once it is known. */
  world = { width: Infinity, height: Infinity, house: Infinity };
  /** The part of the screen in which the followed ship stays, CSS pixels, and what it is becoming. */
  #free = { left: 0, top: 0, right: 1, bottom: 1 };
  #panels = /** @type {readonly import('./freearea.js').Box[]} */ ([]);
  #wanted = this.#free;
  #shake = 0;
  #eye = { x: 0, y: 0, scale: 1, width: 1, height: 1, ratio: 1 };

  /** @param {{halfX: number, halfY: number}} view what the server sends to a player, world units */
  constructor(view) {
    this.#view = view;
  }

  /** Sets the size of the screen in CSS pixels, and whether it is a touch screen. */
  resize(width, height, coarse) {
    this.width = width;
    this.height = height;
    // Elsewhere nobody sees farther than the view that the server sends.
    const upright = coarse && height > width ? UPRIGHT : 1;
    this.scale = Math.max(SCALE_MIN, width / 2 / this.#view.halfX, (height / 2 / this.#view.halfY) * upright);
    this.avoid(this.#panels);
    this.#free = this.#wanted;
  }

  /**
   * Keeps the followed ship beside these panels from now on.
   * @param {readonly import('./freearea.js').Box[]} panels CSS pixels
   */
  avoid(panels) {
    this.#panels = panels;
    this.#wanted = freeArea(this.width, this.height, panels);
  }

  /**
   * Follows the own ship, which stays in the middle of the screen as far as no panel is there, except
   * at the world's border: the screen reaches beyond it only by what the panels cover. Without a ship
   * the camera stays where it is.
   */
  follow(own) {
    if (!own) return;
    const { width, height, scale, world } = this;
    const { left, top, right, bottom } = this.#free;
    const { halfX, halfY } = this.#view;
    this.x = along(own.x, { size: width / scale, low: left / scale, high: right / scale, view: 2 * halfX, world: world.width });
    this.y = along(own.y, { size: height / scale, low: top / scale, high: bottom / scale, view: 2 * halfY, world: world.height });
  }

  /** The position of a world point on the screen, CSS pixels. */
  toScreen({ x, y }) {
    return {
      x: this.width / 2 + (x - this.x) * this.scale,
      y: this.height / 2 + (y - this.y) * this.scale,
    };
  }

  /** Shakes the camera for a moment; `strength` is 0 to 1. */
  shake(strength) {
    this.#shake = Math.min(1, Math.max(this.#shake, strength));
  }

  /** Lets the shaking decay, and takes to panels that have changed. */
  advance(ms) {
    this.#shake = Math.max(0, this.#shake - ms / SHAKE_MS);
    const [free, wanted, share] = [this.#free, this.#wanted, 1 - Math.exp(-ms / EASE_MS)];
    const towards = (/** @type {keyof typeof free} */ side) => free[side] + (wanted[side] - free[side]) * share;
    this.#free = { left: towards('left'), top: towards('top'), right: towards('right'), bottom: towards('bottom') };
  }

  /**
   * The painter's view, shaking included. Returns the same object each time.
   * @param {number} ratio device pixels per CSS pixel
   * @param {number} now milliseconds
   */
  eye(ratio, now) {
    const swing = (this.#shake ** 2 * 7) / this.scale;
    return Object.assign(this.#eye, {
      x: this.x - Math.sin(now * 0.09) * swing,
      y: this.y - Math.cos(now * 0.12) * swing,
      scale: this.scale,
      width: this.width,
      height: this.height,
      ratio,
    });
  }

  /** The part of the world on the screen, extended by `margin` on each side, world units. */
  bounds(margin = 0) {
    const [halfX, halfY] = [this.width / 2 / this.scale + margin, this.height / 2 / this.scale + margin];
    return { left: this.x - halfX, right: this.x + halfX, top: this.y - halfY, bottom: this.y + halfY };
  }
}

/**
 * Where the middle of the screen is along one axis, world units.
 * @param {number} at the place of the followed ship
 * @param {{size: number, low: number, high: number, view: number, world: number}} room the size of the screen,
 *   its free area, the size of the server's view and that of the world
 */
function along(at, { size, low, high, view, world }) {
  const inset = INNER * (high - low);
  // Beyond half the view from the ship nobody knows what is there; panels cover that best.
  const [least, most] = [Math.min(size - view / 2, view / 2), Math.max(size - view / 2, view / 2)];
  const known = clamp(clamp(size / 2, low + inset, high - inset), least, most);
  const place = clamp(known, low + SHIP_ROOM, high - SHIP_ROOM);
  const middle = at - place + size / 2;
  const [first, last] = [Math.max(BEYOND_MIN, low + SHIP_ROOM), Math.max(BEYOND_MIN, size - high + SHIP_ROOM)];
  // The middle at which the world's border is as far inside the screen as the panels reach.
  const [from, to] = [size / 2 - first, world - size / 2 + last];
  return from < to ? clamp(middle, from, to) : (from + to) / 2;
}

function clamp(value, low, high) {
  return low > high ? (low + high) / 2 : Math.min(Math.max(value, low), high);
}
