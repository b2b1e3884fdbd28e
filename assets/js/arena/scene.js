// The drawn entities as objects that live while they are in view, in world units.

/** How long a ship that left the view takes to fade out. */
export const FADE_OUT_MS = 200;

class Entity {
  stamp = 0;
  own = false;
  x = 0;
  y = 0;

  /**
   * @param {number} key
   * @param {string} kind its name
   * @param {number} now milliseconds
   */
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
  /** The shares of the hit points and of the energy that are left, 0 to 1. */
  hull = 0;
  store = 0;
  heading = 0;
  energy = 0;
  shield = 0;
  player = 0;
  streak = 0;
  /** Ticks of overdrive left. */
  overdrive = 0;
  /** @type {string | null} */
  name = null;
  /** @type {import('./looks.js').Look | null} */
  look = null;
  /** The slot of its trail, -1 for none. */
  trail = -1;
  smokeAt = 0;
  hitAt = -1e9;

  /** What is read of a ship, and the most of it. */
  static places(kind) {
    const names = ['x', 'y', 'vx', 'vy', 'steer', 'buttons', 'aim', 'hp', 'heading', 'energy', 'shield', 'player', 'streak', 'overdrive'];
    return { ...kind.places(...names), hpMax: kind.field('hp').max, energyMax: kind.field('energy').max };
  }

  read(picture, from, { at, unit, hpMax, energyMax }) {
    this.x = picture[from + at.x] / unit.x;
    this.y = picture[from + at.y] / unit.y;
    this.vx = picture[from + at.vx] / unit.vx;
    this.vy = picture[from + at.vy] / unit.vy;
    this.steer = picture[from + at.steer];
    this.buttons = picture[from + at.buttons];
    this.aim = picture[from + at.aim];
    this.hp = picture[from + at.hp];
    this.hull = this.hp / hpMax;
    this.heading = picture[from + at.heading];
    this.energy = picture[from + at.energy];
    this.store = this.energy / energyMax;
    this.shield = picture[from + at.shield];
    this.player = picture[from + at.player];
    this.streak = picture[from + at.streak];
    this.overdrive = picture[from + at.overdrive];
  }
}

export class Shot extends Entity {
  vx = 0;
  vy = 0;
  life = 0;
  player = 0;
  /** Whether it was fired in overdrive, as far as that was seen. */
  overdrive = false;
  /** The position where it was first seen, world units. */
  fromX = NaN;
  fromY = NaN;

  static places(kind) {
    return kind.places('x', 'y', 'vx', 'vy', 'life', 'player');
  }

  read(picture, from, { at, unit }) {
    this.x = picture[from + at.x] / unit.x;
    this.y = picture[from + at.y] / unit.y;
    this.vx = picture[from + at.vx] / unit.vx;
    this.vy = picture[from + at.vy] / unit.vy;
    this.life = picture[from + at.life];
    this.player = picture[from + at.player];
    if (Number.isNaN(this.fromX)) [this.fromX, this.fromY] = [this.x, this.y];
  }
}

export class Pickup extends Entity {
  sort = 0;

  static places(kind) {
    return kind.places('x', 'y', 'sort');
  }

  read(picture, from, { at, unit }) {
    this.x = picture[from + at.x] / unit.x;
    this.y = picture[from + at.y] / unit.y;
    this.sort = picture[from + at.sort];
  }
}

/** The shot of a rail: from its muzzle along its aim. */
export class Beam extends Entity {
  aim = 0;
  length = 0;
  life = 0;
  player = 0;

  static places(kind) {
    return kind.places('x', 'y', 'aim', 'length', 'life', 'player');
  }

  read(picture, from, { at, unit }) {
    this.x = picture[from + at.x] / unit.x;
    this.y = picture[from + at.y] / unit.y;
    this.aim = picture[from + at.aim];
    this.length = picture[from + at.length] / unit.length;
    this.life = picture[from + at.life];
    this.player = picture[from + at.player];
  }
}

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
  #head;
  /** What a picture holds: each kind's class, list and places, by its number. */
  #kinds = [];

  /** @param {import('../net/schema.js').Schema} schema */
  constructor(schema) {
    this.#head = schema.head;
    this.#show(schema.kind('ship'), Ship, this.ships);
    this.#show(schema.kind('shot'), Shot, this.shots);
    this.#show(schema.kind('pickup'), Pickup, this.pickups);
    this.#show(schema.kind('beam'), Beam, this.beams);
  }

  /**
   * Takes a picture from the core.
   * @param {Float32Array} picture
   * @param {number} stride numbers per entity
   * @param {number} now milliseconds
   */
  update(picture, stride, now) {
    this.#stamp += 1;
    for (const kind of this.#kinds) if (kind) kind.list.length = 0;
    this.entered.length = this.left.length = 0;
    this.own = null;
    for (let from = 0; from < picture.length; from += stride) this.#take(picture, from, now);
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

  #show(kind, Class, list) {
    this.#kinds[kind.number] = { name: kind.name, Class, list, places: Class.places(kind) };
  }

  #take(picture, from, now) {
    const key = picture[from + this.#head.key];
    const kind = this.#kinds[picture[from + this.#head.kind]];
    if (!kind) return;
    let entity = this.#entities.get(key);
    if (entity === undefined || entity.kind !== kind.name) {
      if (entity !== undefined) this.left.push(entity);
      entity = new kind.Class(key, kind.name, now);
      this.#entities.set(key, entity);
      this.entered.push(entity);
    }
    entity.stamp = this.#stamp;
    entity.own = picture[from + this.#head.own] === 1;
    entity.read(picture, from, kind.places);
    if (entity.own && kind.list === this.ships) this.own = entity;
    kind.list.push(entity);
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
      if (entity.kind === 'ship' && !entity.own) this.fading.push(entity);
    }
  }
}
