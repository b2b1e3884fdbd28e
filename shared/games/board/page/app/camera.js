// Where the page looks: the place at the middle of the screen, and how large a unit is.

import { SIDE } from './palette.js';

const [ZOOM_MIN, ZOOM_MAX] = [0.04, 12];
/** Space around everything when it is shown as a whole, pixels. */
const MARGIN = 90;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box in units */

export class Camera {
  /** The middle of the screen, units. */
  x = SIDE / 2;
  y = SIDE / 2;
  /** Pixels of the page per unit. */
  zoom = 1;
  /** Size of the screen, pixels of the page, and device pixels in one of those. */
  width = 1;
  height = 1;
  density = 1;

  /** Takes the size of the screen.
   * @returns {boolean} whether it has changed */
  resize() {
    const { width, height, density } = this;
    [this.width, this.height, this.density] = [innerWidth, innerHeight, devicePixelRatio || 1];
    return width !== this.width || height !== this.height || density !== this.density;
  }

  /** Device pixels per unit. */
  get scale() {
    return this.zoom * this.density;
  }

  /** The corner at the top left in device pixels of the whole board: whole ones, so that moving the
   * view moves the picture and changes nothing in it. */
  get left() {
    return Math.round(this.x * this.scale - (this.width * this.density) / 2);
  }

  get top() {
    return Math.round(this.y * this.scale - (this.height * this.density) / 2);
  }

  /** What is on the screen.
   * @returns {Box} */
  get box() {
    const { x, y, zoom, width, height } = this;
    const [right, down] = [width / zoom / 2, height / zoom / 2];
    return { left: x - right, top: y - down, right: x + right, bottom: y + down };
  }

  /** The place at a point of the screen.
   * @param {{x: number, y: number}} at pixels of the page */
  place(at) {
    return { x: (at.x * this.density + this.left) / this.scale, y: (at.y * this.density + this.top) / this.scale };
  }

  /** The point of the screen at a place, pixels of the page.
   * @param {{x: number, y: number}} place */
  point(place) {
    return { x: (place.x * this.scale - this.left) / this.density, y: (place.y * this.scale - this.top) / this.density };
  }

  /** Moves the view by pixels of the page. */
  pan(dx, dy) {
    this.#look(this.x - dx / this.zoom, this.y - dy / this.zoom, this.zoom);
  }

  /** Zooms so that the place at this point stays there.
   * @param {number} factor
   * @param {{x: number, y: number}} [at] pixels of the page; the middle by default */
  zoomBy(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const place = this.place(at);
    const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, this.zoom * factor));
    this.#look(place.x - (at.x - this.width / 2) / zoom, place.y - (at.y - this.height / 2) / zoom, zoom);
  }

  /** Shows all of a box, or the middle of the board if there is none.
   * @param {Box | null} box */
  fit(box) {
    if (!box) return this.#look(SIDE / 2, SIDE / 2, 1);
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const fits = Math.min((this.width - MARGIN) / width, (this.height - 2 * MARGIN) / height);
    this.#look((box.left + box.right) / 2, (box.top + box.bottom) / 2, Math.min(2, Math.max(ZOOM_MIN, fits)));
  }

  #look(x, y, zoom) {
    const within = (at) => Math.min(SIDE, Math.max(0, at));
    [this.x, this.y, this.zoom] = [within(x), within(y), zoom];
  }
}
