// The drawn entities as objects that live while they are in view, in world units.

import { BEAM, FIELDS, GRID, KEY, KIND, OWN, PICKUP, SHIP, SHOT, VELOCITY } from './fields.js';

/** How long a ship that left the view takes to fade out. */
export const FADE_OUT_MS = 200;

const S = FIELDS[SHIP];
const B = FIELDS[SHOT];
const P = FIELDS[PICKUP];
const R = FIELDS[BEAM];

class Entity {
  stamp = 0;
  own = false;
  x = 0;
  y = 0;

  constructor(key, kind, now) {
    this.key = key;
    this.kind = kind;
    this.bornAt = now;
    this.leftAt = 0;
  }
}

export class Ship extends Entity {
  vx = 0;
  vy = 0;
  steer = 0;
  buttons = 0;
  aim = 0;
  hp = 0;
  heading = 0;
  energy = 0;
  shield = 0;
  player = 0;
  streak = 0;
  /** @type {string | null} */
  name = null;
  /** The slot of its trail, -1 for none. */
  trail = -1;
  smokeAt = 0;
  hitAt = -1e9;

  read(picture, at) {
    this.x = picture[at + S.x] / GRID;
    this.y = picture[at + S.y] / GRID;
    this.vx = picture[at + S.vx] / VELOCITY;
    this.vy = picture[at + S.vy] / VELOCITY;
    this.steer = picture[at + S.steer];
    this.buttons = picture[at + S.buttons];
    this.aim = picture[at + S.aim];
    this.hp = picture[at + S.hp];
    this.heading = picture[at + S.heading];
    this.energy = picture[at + S.energy];
    this.shield = picture[at + S.shield];
    this.player = picture[at + S.player];
    this.streak = picture[at + S.streak];
  }
}

export class Shot extends Entity {
  vx = 0;
  vy = 0;
  life = 0;
  player = 0;
  /** The position where it was first seen, world units. */
  fromX = NaN;
  fromY = NaN;

  read(picture, at) {
    this.x = picture[at + B.x] / GRID;
    this.y = picture[at + B.y] / GRID;
    this.vx = picture[at + B.vx] / VELOCITY;
    this.vy = picture[at + B.vy] / VELOCITY;
    this.life = picture[at + B.life];
    this.player = picture[at + B.player];
    if (Number.isNaN(this.fromX)) [this.fromX, this.fromY] = [this.x, this.y];
  }
}

export class Pickup extends Entity {
  sort = 0;

  read(picture, at) {
    this.x = picture[at + P.x] / GRID;
    this.y = picture[at + P.y] / GRID;
    this.sort = picture[at + P.sort];
  }
}

/** The shot of a rail: from its muzzle along its aim. */
export class Beam extends Entity {
  aim = 0;
  length = 0;
  life = 0;
  player = 0;

  read(picture, at) {
    this.x = picture[at + R.x] / GRID;
    this.y = picture[at + R.y] / GRID;
    this.aim = picture[at + R.aim];
    this.length = picture[at + R.length] / GRID;
    this.life = picture[at + R.life];
    this.player = picture[at + R.player];
  }
}

const KINDS = [];
KINDS[SHIP] = Ship;
KINDS[SHOT] = Shot;
KINDS[PICKUP] = Pickup;
KINDS[BEAM] = Beam;

export class Scene {
  #entities = new Map();
  #stamp = 0;
  /** @type {Ship[]} */
  ships = [];
  /** @type {Shot[]} */
  shots = [];
  /** @type {Pickup[]} */
  pickups = [];
  /** @type {Beam[]} */
  beams = [];
  /** Ships that left the view recently. @type {Ship[]} */
  fading = [];
  /** The own ship, or null without one. @type {Ship | null} */
  own = null;
  /** Entities that came into view, and below those that left it, with the last picture.
   * @type {(Ship|Shot|Pickup|Beam)[]} */
  entered = [];
  /** @type {(Ship|Shot|Pickup|Beam)[]} */
  left = [];
  #lists = [];

  constructor() {
    this.#lists[SHIP] = this.ships;
    this.#lists[SHOT] = this.shots;
    this.#lists[PICKUP] = this.pickups;
    this.#lists[BEAM] = this.beams;
  }

  /**
   * Takes a picture from the core.
   * @param {Float32Array} picture
   * @param {number} stride numbers per entity
   * @param {number} now milliseconds
   */
  update(picture, stride, now) {
    this.#stamp += 1;
    for (const list of this.#lists) list.length = 0;
    this.entered.length = this.left.length = 0;
    this.own = null;
    for (let at = 0; at < picture.length; at += stride) this.#take(picture, at, now);
    // Unless something left, the picture contains every known entity.
    if (this.#entities.size > this.#taken()) this.#sweep(now);
    while (this.fading.length > 0 && now - this.fading[0].leftAt > FADE_OUT_MS) this.fading.shift();
  }

  /** Forgets everything: another connection numbers its keys anew. */
  clear() {
    this.#entities.clear();
    this.fading.length = 0;
    this.update(new Float32Array(), 1, 0);
  }

  /** Every entity in view. */
  all() {
    return this.#entities.values();
  }

  #take(picture, at, now) {
    const key = picture[at + KEY];
    const kind = picture[at + KIND];
    const Kind = KINDS[kind];
    if (!Kind) return;
    let entity = this.#entities.get(key);
    if (entity === undefined || entity.kind !== kind) {
      if (entity !== undefined) this.left.push(entity);
      entity = new Kind(key, kind, now);
      this.#entities.set(key, entity);
      this.entered.push(entity);
    }
    entity.stamp = this.#stamp;
    entity.own = picture[at + OWN] === 1;
    entity.read(picture, at);
    if (entity.own && kind === SHIP) this.own = entity;
    this.#lists[kind].push(entity);
  }

  #taken() {
    return this.ships.length + this.shots.length + this.pickups.length + this.beams.length;
  }

  #sweep(now) {
    for (const [key, entity] of this.#entities) {
      if (entity.stamp === this.#stamp) continue;
      this.#entities.delete(key);
      this.left.push(entity);
      entity.leftAt = now;
      if (entity.kind === SHIP && !entity.own) this.fading.push(entity);
    }
  }
}
