// The lines that rest, drawn once into tiles: a board with thousands of them stays smooth. A tile is
// always what drawing all its lines in order gives, however it came about.

import { WIDTHS, COLOURS } from './palette.js';
import { overlap, traceLine } from './shapes.js';

/** Side of a tile, device pixels. */
const TILE = 512;
/** Tiles that are stored. */
const TILES_MAX = 96;
/** Time for drawing tiles in one picture; at least one is drawn. */
const BUDGET_MS = 8;
/** While the scale changes so often, the tiles before are shown larger or smaller. */
const ZOOM_MS = 120;

/** @typedef {import('./objects.js').Line} Line */
/** @typedef {import('./camera.js').Box} Box */
/** @typedef {{canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, x: number, y: number, scale: number, top: number, fresh: boolean}} Tile */

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{colour: number, width: number, step: number}} line
 * @param {number[]} points
 */
export function drawLine(pen, { colour, width, step }, points) {
  Object.assign(pen, { lineWidth: WIDTHS[width], strokeStyle: COLOURS[colour], lineCap: 'round', lineJoin: 'round' });
  traceLine(pen, points, step);
}

export class Tiles {
  /** Of the present scale.
   * @type {Map<string, Tile>} */
  #tiles = new Map();
  /** Of the one before, shown until the present ones are drawn.
   * @type {Tile[]} */
  #stale = [];
  #scale = 0;
  #scaledAt = 0;

  /** Draws a line into the tiles; call it once it rests.
   * @param {Line} line */
  add(line) {
    for (const tile of this.#under(line.box)) {
      if (tile.fresh && line.order > tile.top) this.#draw(tile, [line]);
      else tile.fresh = false;
    }
  }

  /** The lines in a box have changed. @param {Box} box */
  damage(box) {
    for (const tile of this.#under(box)) tile.fresh = false;
  }

  /** Everything has changed. */
  clear() {
    this.#tiles.clear();
    this.#stale = [];
  }

  /**
   * Draws what is on the screen.
   * @param {CanvasRenderingContext2D} onto
   * @param {import('./camera.js').Camera} camera
   * @param {() => Line[]} lines those that rest, in order
   * @returns {boolean} whether all tiles are as they should be
   */
  paint(onto, camera, lines) {
    this.#rescale(camera.scale);
    const { left, top } = camera;
    const [right, bottom] = [left + onto.canvas.width, top + onto.canvas.height];
    const until = performance.now() + BUDGET_MS;
    if (this.#stale.length && performance.now() - this.#scaledAt < ZOOM_MS) {
      this.#paintStale(onto, camera);
      return false;
    }
    const shown = [];
    let drawn = 0;
    let ready = true;
    for (let y = Math.floor(top / TILE); y * TILE < bottom; y += 1) {
      for (let x = Math.floor(left / TILE); x * TILE < right; x += 1) {
        const tile = this.#tiles.get(`${x},${y}`) ?? this.#create(x, y);
        if (!tile.fresh && (drawn === 0 || performance.now() < until)) {
          drawn += 1;
          this.#renew(tile, lines());
        }
        ready &&= tile.fresh;
        shown.push(tile);
      }
    }
    if (ready) this.#stale = [];
    this.#paintStale(onto, camera);
    for (const { canvas, x, y } of shown) onto.drawImage(canvas, x * TILE - left, y * TILE - top);
    this.#evict(shown);
    return ready;
  }

  /** @param {CanvasRenderingContext2D} onto @param {import('./camera.js').Camera} camera */
  #paintStale(onto, { scale, left, top }) {
    for (const old of this.#stale) {
      const by = scale / old.scale;
      onto.drawImage(old.canvas, old.x * TILE * by - left, old.y * TILE * by - top, TILE * by, TILE * by);
    }
  }

  #rescale(scale) {
    if (scale === this.#scale) return;
    const drawn = [...this.#tiles.values()].filter(({ fresh }) => fresh);
    // While zooming goes on, the last whole picture stays.
    if (drawn.length) this.#stale = drawn;
    this.#tiles = new Map();
    [this.#scale, this.#scaledAt] = [scale, performance.now()];
  }

  /** @returns {Tile} */
  #create(x, y) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [TILE, TILE];
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const tile = { canvas, pen, x, y, scale: this.#scale, top: 0, fresh: false };
    this.#tiles.set(`${x},${y}`, tile);
    return tile;
  }

  /** @param {Tile} tile @param {Line[]} lines */
  #renew(tile, lines) {
    tile.pen.setTransform(1, 0, 0, 1, 0, 0);
    tile.pen.clearRect(0, 0, TILE, TILE);
    tile.top = 0;
    const box = this.#box(tile);
    this.#draw(tile, lines.filter((line) => overlap(line.box, box)));
    tile.fresh = true;
  }

  /** @param {Tile} tile @param {Line[]} lines in order */
  #draw(tile, lines) {
    const { pen, x, y, scale } = tile;
    pen.setTransform(scale, 0, 0, scale, -x * TILE, -y * TILE);
    for (const line of lines) drawLine(pen, line, line.points);
    tile.top = lines.at(-1)?.order ?? tile.top;
  }

  /** @param {Tile} tile @returns {Box} */
  #box({ x, y, scale }) {
    const side = TILE / scale;
    return { left: x * side, top: y * side, right: (x + 1) * side, bottom: (y + 1) * side };
  }

  /** @param {Box} box */
  #under(box) {
    return [...this.#tiles.values()].filter((tile) => overlap(this.#box(tile), box));
  }

  /** @param {Tile[]} shown */
  #evict(shown) {
    if (this.#tiles.size <= TILES_MAX) return;
    this.#tiles = new Map(shown.map((tile) => [`${tile.x},${tile.y}`, tile]));
  }
}
