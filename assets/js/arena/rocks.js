// The rocks of a map, indexed by position, in world units.

import { ROCK_SKINS } from './draw/skins.js';

const CELL = 800;
const RADIUS_MAX = 200;

/** @typedef {{x: number, y: number, radius: number, skin: number}} Rock */

export class Rocks {
  /** @type {Map<number, Rock[]>} */
  #cells = new Map();

  /** @param {import('./world.js').Circle[]} rocks */
  set(rocks) {
    this.#cells.clear();
    rocks.forEach(({ x, y, radius }, i) => {
      const rock = { x, y, radius, skin: (i * 5) % ROCK_SKINS };
      const cell = cellOf(Math.floor(rock.x / CELL), Math.floor(rock.y / CELL));
      const there = this.#cells.get(cell);
      if (there) there.push(rock);
      else this.#cells.set(cell, [rock]);
    });
  }

  /**
   * Calls `visit` for each rock that may extend into these bounds.
   * @param {{left: number, right: number, top: number, bottom: number}} bounds
   * @param {(rock: Rock) => void} visit
   */
  within({ left, right, top, bottom }, visit) {
    const [lastX, lastY] = [Math.floor((right + RADIUS_MAX) / CELL), Math.floor((bottom + RADIUS_MAX) / CELL)];
    for (let x = Math.floor((left - RADIUS_MAX) / CELL); x <= lastX; x += 1) {
      for (let y = Math.floor((top - RADIUS_MAX) / CELL); y <= lastY; y += 1) {
        this.#cells.get(cellOf(x, y))?.forEach(visit);
      }
    }
  }

  /** Whether a point is inside a rock or within `reach` of one. */
  touches(x, y, reach) {
    let touches = false;
    this.within({ left: x, right: x, top: y, bottom: y }, (rock) => {
      const [dx, dy, far] = [rock.x - x, rock.y - y, rock.radius + reach];
      touches ||= dx * dx + dy * dy < far * far;
    });
    return touches;
  }
}

function cellOf(x, y) {
  return (x + 64) * 256 + y + 64;
}
