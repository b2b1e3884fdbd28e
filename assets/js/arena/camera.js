// The camera: converts world units to CSS pixels.

// On an upright touch screen the sticks and the panels cover both ends, so the server's view may
// cover less than the screen's height: it only has to fill what is left in between.
const UPRIGHT = 0.8;
// On a small screen ships stay large enough to distinguish, and the screen shows less of the world.
const SCALE_MIN = 0.7;
const SHAKE_MS = 280;
// How far the screen extends beyond the world's border, as a share of half its size, so that the
// panels in the corners do not cover the ship. Nothing is out there, so this reveals nothing that
// the server withholds.
const BEYOND = { x: 0.35, y: 0.55 };

export class Camera {
  #view;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  scale = 1;
  /** The size of the world, once it is known. */
  world = { width: Infinity, height: Infinity };
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
  }

  /** Follows the own ship, but not far beyond the border; stays where it is without a ship. */
  follow(own) {
    if (!own) return;
    this.x = within(own.x, (this.width / 2 / this.scale) * (1 - BEYOND.x), this.world.width);
    this.y = within(own.y, (this.height / 2 / this.scale) * (1 - BEYOND.y), this.world.height);
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

  /** Lets the shaking decay. */
  advance(ms) {
    this.#shake = Math.max(0, this.#shake - ms / SHAKE_MS);
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

/** The centre nearest to `at` that is at least `reach` from both ends of the world. */
function within(at, reach, size) {
  return size < 2 * reach ? size / 2 : Math.min(Math.max(at, reach), size - reach);
}
