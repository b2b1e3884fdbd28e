// What is on the board: the document's records as lines and notes, by mark.

import { GRID, WIDTHS } from './palette.js';
import { around, boxOfLine, boxOfNote, isNear, overlap } from './shapes.js';

/** @typedef {import('./camera.js').Box} Box */
/** @typedef {{hand: number, number: number}} Mark */
/**
 * @typedef {object} Line
 * @property {string} key
 * @property {Mark} mark
 * @property {number} order its first record: later ones are drawn above
 * @property {number} colour
 * @property {number} width
 * @property {number} step of its points, units
 * @property {number[]} points units, x and y in turn
 * @property {Box} box
 */
/** @typedef {{key: string, mark: Mark, order: number, colour: number, x: number, y: number, text: string, box: Box}} Note */
/** @typedef {{by: number, yes: number, needed: number, until: number}} Vote */

/** @param {Mark} mark */
export const keyOf = ({ hand, number }) => `${hand}.${number}`;

export class Objects {
  /** @type {Map<string, Line>} */
  lines = new Map();
  /** @type {Map<string, Note>} */
  notes = new Map();
  /** @type {Vote | null} */
  vote = null;
  /** The records of each line, by id.
   * @type {Map<string, Map<number, any>>} */
  #parts = new Map();
  /** Of which object a record is.
   * @type {Map<number, string>} */
  #keys = new Map();
  #voteRecord = 0;
  /** @type {Line[] | null} */
  #ordered = null;

  /**
   * Takes a record that has come or changed, or is gone (null).
   * @param {number} id
   * @param {any} record
   * @param {(before: Line | undefined, after: Line | undefined) => void} changed called if it is of a line
   */
  take(id, record, changed) {
    if (record?.Vote || id === this.#voteRecord) {
      [this.vote, this.#voteRecord] = record ? [record.Vote, id] : [null, 0];
    } else if (record?.Note) {
      const { mark, colour, place, text } = record.Note;
      const [key, x, y] = [keyOf(mark), place[0] / GRID, place[1] / GRID];
      this.#keys.set(id, key);
      this.notes.set(key, { key, mark, order: id, colour, x, y, text, box: boxOfNote({ x, y }) });
    } else {
      const key = record ? keyOf(record.Line.mark) : this.#keys.get(id);
      if (key === undefined) return;
      if (!record && this.notes.delete(key)) this.#keys.delete(id);
      else this.#takePart(id, key, record?.Line, changed);
    }
  }

  #takePart(id, key, part, changed) {
    const before = this.lines.get(key);
    const parts = this.#parts.get(key) ?? new Map();
    if (part) {
      this.#keys.set(id, key);
      parts.set(id, { ...part, points: placesOf(part) });
      this.#parts.set(key, parts);
    } else {
      this.#keys.delete(id);
      parts.delete(id);
    }
    const ids = [...parts.keys()].sort((a, b) => a - b);
    if (ids.length === 0) {
      this.#parts.delete(key);
      this.lines.delete(key);
    } else {
      const { mark, colour, width, step_log2: log2 } = parts.get(ids[0]);
      // Each part begins where the one before ends.
      const points = ids.flatMap((id, n) => (n ? parts.get(id).points.slice(2) : parts.get(id).points));
      this.lines.set(key, { key, mark, order: ids[0], colour, width, step: 2 ** log2 / GRID, points, box: boxOfLine(points, width) });
    }
    this.#ordered = null;
    changed(before, this.lines.get(key));
  }

  /** The lines, the lowest first. */
  get ordered() {
    return (this.#ordered ??= [...this.lines.values()].sort((a, b) => a.order - b.order));
  }

  /** A line or a note. @param {string} key */
  get(key) {
    return this.lines.get(key) ?? this.notes.get(key);
  }

  get isEmpty() {
    return this.lines.size === 0 && this.notes.size === 0;
  }

  /** Around everything. @returns {Box | null} */
  get box() {
    return [...this.lines.values(), ...this.notes.values()].reduce((box, object) => around(box, object.box), /** @type {Box | null} */ (null));
  }

  /** The key of the topmost object at a place, if any.
   * @param {{x: number, y: number}} place @param {number} reach units */
  at(place, reach) {
    const here = { left: place.x - reach, right: place.x + reach, top: place.y - reach, bottom: place.y + reach };
    const note = [...this.notes.values()].sort((a, b) => b.order - a.order).find(({ box }) => overlap(box, { left: place.x, right: place.x, top: place.y, bottom: place.y }));
    if (note) return note.key;
    return this.ordered.findLast((line) => overlap(line.box, here) && isNear(line.points, place, reach + WIDTHS[line.width] / 2))?.key;
  }

  /** The keys of all objects that are wholly in a box. @param {Box} box */
  within(box) {
    const isIn = (it) => it.left >= box.left && it.right <= box.right && it.top >= box.top && it.bottom <= box.bottom;
    return [...this.lines.values(), ...this.notes.values()].filter((object) => isIn(object.box)).map(({ key }) => key);
  }
}

/** The places of a part's points, units. */
function placesOf({ place, points, step_log2: step }) {
  let [x, y] = place;
  const places = [x / GRID, y / GRID];
  for (const [dx, dy] of points) {
    x += dx * 2 ** step;
    y += dy * 2 ** step;
    places.push(x / GRID, y / GRID);
  }
  return places;
}
