// The drawn entities as objects that live as long as they are in view, in world units.

import { FIELDS, GRID, KEY, KIND, OWN, PICKUP, SHIP, SHOT, VELOCITY } from './fields.js';

const SCALE = { x: 1 / GRID, y: 1 / GRID, vx: 1 / VELOCITY, vy: 1 / VELOCITY };
const FIELDS_OF = FIELDS.map((fields) =>
  Object.entries(fields).map(([name, at]) => ({ name, at, scale: SCALE[name] ?? 1 })),
);

export class Scene {
  #entities = new Map();
  #stamp = 0;
  ships = [];
  shots = [];
  pickups = [];
  /** The own ship, or null while there is none. */
  own = null;
  /** What came into view, and what left it, with the last picture. */
  entered = [];
  left = [];

  /**
   * Takes a picture of the core.
   * @param {Float32Array} picture
   * @param {number} stride numbers per entity
   * @param {number} now milliseconds
   */
  update(picture, stride, now) {
    this.#stamp += 1;
    this.ships.length = this.shots.length = this.pickups.length = 0;
    this.entered.length = this.left.length = 0;
    this.own = null;
    for (let at = 0; at < picture.length; at += stride) this.#take(picture, at, now);
    for (const [key, entity] of this.#entities) {
      if (entity.stamp === this.#stamp) continue;
      this.#entities.delete(key);
      this.left.push(entity);
    }
  }

  /** Forgets all: another connection counts its keys anew. */
  clear() {
    this.#entities.clear();
    this.update(new Float32Array(), 1, 0);
  }

  /** Every entity in view. */
  all() {
    return this.#entities.values();
  }

  #take(picture, at, now) {
    const key = picture[at + KEY];
    const kind = picture[at + KIND];
    let entity = this.#entities.get(key);
    if (!entity || entity.kind !== kind) {
      entity = { key, kind, own: false, bornAt: now, stamp: 0, name: null };
      this.#entities.set(key, entity);
      this.entered.push(entity);
    }
    entity.stamp = this.#stamp;
    entity.own = picture[at + OWN] === 1;
    for (const { name, at: field, scale } of FIELDS_OF[kind] ?? []) {
      entity[name] = picture[at + field] * scale;
    }
    if (entity.own) this.own = entity;
    if (kind === SHIP) this.ships.push(entity);
    else if (kind === SHOT) this.shots.push(entity);
    else if (kind === PICKUP) this.pickups.push(entity);
  }
}
