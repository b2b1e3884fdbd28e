// A game's schema by name, from the core's descriptor: where each field stands in what the core
// draws, and in which unit. A page resolves the names that it reads once, then reads numbers.

import { Controls } from './controls.js';

/** The page reads something that the schema does not have: page and core are of different games, or
 * one is older than the other. */
export class SchemaError extends Error {}

/** @typedef {import('./types.js').Descriptor} Descriptor */
/** @typedef {import('./types.js').Field} Field */

/**
 * Where fields stand and what they are divided by, both by name:
 * `picture[from + at.x] / unit.x` is in units of the game's world.
 * @template {string} Name
 * @typedef {{at: Readonly<Record<Name, number>>, unit: Readonly<Record<Name, number>>}} Places
 */

/** The fields of a kind of entity, or of the private state. */
export class Fields {
  #of;
  /** @type {Map<string, Field>} */
  #byName;

  /**
   * @param {string} of what has these fields, for errors
   * @param {readonly Field[]} fields
   */
  constructor(of, fields) {
    this.#of = of;
    this.#byName = new Map(fields.map((field) => [field.name, field]));
  }

  /**
   * A field by name.
   * @param {string} name
   * @throws {SchemaError} when there is none
   */
  field(name) {
    const field = this.#byName.get(name);
    if (field) return field;
    throw new SchemaError(`${this.#of} has no field ${name}; it has ${[...this.#byName.keys()].join(', ')}`);
  }

  /**
   * The places of these fields, for loops: resolve them once, before.
   * @template {string} Name
   * @param {Name[]} names
   * @returns {Places<Name>}
   * @throws {SchemaError} when one does not exist
   */
  places(...names) {
    /** @type {(of: (field: Field) => number) => Readonly<Record<Name, number>>} */
    const byName = (of) => {
      const entries = names.map((name) => [name, of(this.field(name))]);
      return Object.freeze(/** @type {Record<Name, number>} */ (Object.fromEntries(entries)));
    };
    return { at: byName(({ at }) => at), unit: byName(({ steps_per_unit: steps }) => steps) };
  }

  /**
   * All fields by name, in units of the game's world. For code that does not run for every entity
   * of every picture.
   * @param {ArrayLike<number>} numbers
   * @param {number} [from] the start of the entity
   * @returns {Record<string, number>}
   */
  read(numbers, from = 0) {
    /** @type {Record<string, number>} */
    const values = {};
    for (const { name, at, steps_per_unit: steps } of this.#byName.values()) values[name] = numbers[from + at] / steps;
    return values;
  }
}

/** One kind of entity. */
export class Kind extends Fields {
  /**
   * @param {string} name
   * @param {number} number which stands for it in a picture
   * @param {readonly Field[]} fields
   */
  constructor(name, number, fields) {
    super(`the kind ${name}`, fields);
    this.name = name;
    this.number = number;
  }
}

/** The schema of a game. */
export class Schema {
  /** @param {Descriptor} described by the core */
  constructor({ game, steps_per_unit: steps, view, head, kinds, private: own, controls }) {
    /** The name of the game. */
    this.game = game;
    /** Grid units in one unit of the world. Maps, events, paths and what `watch` takes are in grid
     * units. */
    this.grid = steps;
    /** What a player sees, in units of the world: half the width and height of the view, how far
     * beyond it an entity that was in it stays visible, the side of a cell of the server's grid. */
    this.view = Object.freeze({
      halfX: view.half_x / steps,
      halfY: view.half_y / steps,
      margin: view.margin / steps,
      cell: view.cell / steps,
    });
    /** Where each entity's key, the number of its kind, and 1 for the own avatar stand. */
    this.head = Object.freeze({ key: head.indexOf('key'), kind: head.indexOf('kind'), own: head.indexOf('own') });
    /** The kinds of entity; the index is the number. */
    this.kinds = kinds.map(({ name, fields }, number) => new Kind(name, number, fields));
    /** The player's private state. */
    this.private = new Fields('the private state', own);
    /** The player's controls. */
    this.controls = new Controls(game, controls);
  }

  /**
   * A kind of entity by name.
   * @param {string} name
   * @throws {SchemaError} when there is none
   */
  kind(name) {
    const kind = this.kinds.find((known) => known.name === name);
    if (kind) return kind;
    throw new SchemaError(`${this.game} has no kind ${name}; it has ${this.kinds.map((known) => known.name).join(', ')}`);
  }

  /**
   * The entities of a picture as objects: `key`, `kind` (its name), `own`, and the fields by name,
   * in units of the world. It is the easy way; a page with thousands of entities uses `places`.
   * @param {Float32Array} picture from `core.draw` or `core.truth`
   * @param {number} stride `core.stride`
   * @returns {Generator<{key: number, kind: string, own: boolean} & Record<string, any>>}
   */
  *entities(picture, stride) {
    const { head } = this;
    for (let from = 0; from < picture.length; from += stride) {
      const kind = this.kinds[picture[from + head.kind]];
      yield { ...kind.read(picture, from), key: picture[from + head.key], kind: kind.name, own: picture[from + head.own] === 1 };
    }
  }
}
