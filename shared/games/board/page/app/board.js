// The board as this page has it: the room's objects, what this page has done to them and the room has
// not yet confirmed, and which lines rest.

import { GRID, MARKS_MAX } from './palette.js';
import { keyOf, Objects } from './objects.js';
import { Draft } from './pen.js';
import { Tiles } from './tiles.js';

/** A line that has not changed for so long is drawn into the tiles. */
const REST_MS = 500;
/** How long a line of the own may take to come back once the rules have it. */
const SETTLE_MS = 2_000;

/** @typedef {import('./objects.js').Mark} Mark */
/** @typedef {import('./objects.js').Line} Line */

export class Board {
  objects = new Objects();
  tiles = new Tiles();
  /** Lines of the own that the room does not have wholly.
   * @type {Set<Draft>} */
  drafts = new Set();
  /** The keys of what is selected.
   * @type {Set<string>} */
  selected = new Set();
  /** How far what is selected is dragged, units, until the room has moved it. */
  drag = { x: 0, y: 0 };
  /** Objects that were dragged, until their records change.
   * @type {Map<string, {x: number, y: number}>} */
  shifted = new Map();
  /** Whether the picture has to be drawn again. */
  isDirty = true;
  /** The number of the own hand; 0 until it is known. */
  hand = 0;
  /** Lines that do not rest, and when they changed.
   * @type {Map<string, number>} */
  #live = new Map();
  #say;

  /**
   * @param {import('./outbox.js').Outbox} outbox
   * @param {(text: string) => void} say shows a message
   */
  constructor(outbox, say) {
    this.outbox = outbox;
    this.#say = say;
  }

  /** A record has come, has changed, or is gone (null). */
  take(id, record, now) {
    this.isDirty = true;
    this.objects.take(id, record, (before, after) => {
      const key = (before ?? after)?.key;
      if (key === undefined) return;
      if (before && !this.#live.has(key)) this.tiles.damage(before.box);
      if (after) this.#live.set(key, now);
      else this.#live.delete(key);
      this.shifted.delete(key);
    });
    if (record?.Note) this.shifted.delete(keyOf(record.Note.mark));
    for (const key of this.selected) if (!this.objects.get(key)) this.selected.delete(key);
  }

  /** All of the document is here: it rests. */
  whole() {
    this.#live.clear();
    this.tiles.clear();
    this.isDirty = true;
  }

  /** Lets lines rest, and drops drafts of which the room has all. @param {number} now */
  settle(now) {
    for (const draft of this.drafts) {
      const line = this.#lineOf(draft);
      const all = line && line.points.length >= draft.points.length;
      const isOver = draft.pending === 0 && (draft.refused || now - draft.settledAt > SETTLE_MS);
      if (draft.finished && (all || isOver)) {
        this.drafts.delete(draft);
        this.isDirty = true;
      }
    }
    const drafted = this.#drafted();
    for (const [key, since] of this.#live) {
      const line = this.objects.lines.get(key);
      const isDragged = this.shifted.has(key) || ((this.drag.x || this.drag.y) && this.selected.has(key));
      if (now - since < REST_MS || drafted.has(key) || isDragged) continue;
      this.#live.delete(key);
      if (line) this.tiles.add(line);
      this.isDirty = true;
    }
  }

  /** Whether everything rests, and the room has confirmed all. */
  get rests() {
    return this.#live.size === 0 && this.drafts.size === 0 && this.shifted.size === 0;
  }

  /** The lines in the tiles, in order. */
  get resting() {
    return this.objects.ordered.filter(({ key }) => !this.#live.has(key));
  }

  /** The lines that are drawn anew in each picture, in order. */
  get moving() {
    const drafted = this.#drafted();
    const lines = [...this.#live.keys()].filter((key) => !drafted.has(key)).map((key) => this.objects.lines.get(key));
    return lines.filter((line) => line !== undefined).sort((a, b) => a.order - b.order);
  }

  /** How far an object is drawn from where its record says. @param {string} key */
  offset(key) {
    const { x, y } = this.shifted.get(key) ?? { x: 0, y: 0 };
    return this.selected.has(key) ? { x: x + this.drag.x, y: y + this.drag.y } : { x, y };
  }

  /** Asks the rules for something; a refusal is shown. Returns the request's number. */
  ask(act, refused = () => {}) {
    const { number, done } = this.outbox.push(act);
    done.catch((error) => [refused(), this.#say(error.message)]);
    return number;
  }

  /** Begins a line, of which nothing is sent before `extend`.
   * @param {{x: number, y: number}} place @param {number} zoom @param {number} colour @param {number} width */
  begin(place, zoom, colour, width) {
    const draft = new Draft(place, zoom, colour, width);
    this.drafts.add(draft);
    this.isDirty = true;
    return draft;
  }

  /** Sends what is new of a line. @param {Draft} draft */
  extend(draft) {
    if (draft.number === 0) draft.number = this.#push(draft, draft.started());
    for (let points = draft.take(); points.length; points = draft.take()) this.#push(draft, { Extend: { points } });
  }

  /** @param {Draft} draft */
  finish(draft) {
    this.extend(draft);
    draft.finished = true;
    this.isDirty = true;
  }

  /** Takes a line back that was not meant. @param {Draft} draft */
  takeBack(draft) {
    this.drafts.delete(draft);
    this.isDirty = true;
    if (draft.number) this.ask('Undo');
  }

  /** Shows what is selected elsewhere. @param {{x: number, y: number}} by units */
  dragBy(by) {
    for (const key of this.selected) this.#lift(key);
    this.drag = by;
    this.isDirty = true;
  }

  /** Moves what is selected. @param {{x: number, y: number}} by units */
  drop(by) {
    this.dragBy({ x: 0, y: 0 });
    if (!by.x && !by.y) return;
    for (const key of this.selected) {
      const { x, y } = this.shifted.get(key) ?? { x: 0, y: 0 };
      this.shifted.set(key, { x: x + by.x, y: y + by.y });
    }
    const keys = [...this.selected];
    this.#each((marks) => ({ Move: { marks, by: [Math.round(by.x * GRID), Math.round(by.y * GRID)] } }), () => {
      for (const key of keys) this.shifted.delete(key);
      this.isDirty = true;
    });
  }

  recolour(colour) {
    this.#each((marks) => ({ Colour: { marks, colour } }));
  }

  remove() {
    this.#each((marks) => ({ Delete: { marks } }));
    this.selected.clear();
    this.isDirty = true;
  }

  /** Asks for something with what is selected, in as many requests as it takes. */
  #each(act, refused = () => {}) {
    const marks = [...this.selected].map((key) => this.objects.get(key)?.mark).filter(Boolean);
    for (let i = 0; i < marks.length; i += MARKS_MAX) this.ask(act(marks.slice(i, i + MARKS_MAX)), refused);
  }

  /** Takes a line out of the tiles. @param {string} key */
  #lift(key) {
    const line = this.objects.lines.get(key);
    if (!line) return;
    if (!this.#live.has(key)) this.tiles.damage(line.box);
    this.#live.set(key, performance.now());
    this.isDirty = true;
  }

  #push(draft, act) {
    draft.pending += 1;
    const { number, done } = this.outbox.push(act);
    done.catch((error) => {
      // Said once for each line.
      if (!draft.refused) this.#say(error.message);
      draft.refused = true;
    }).finally(() => [draft.pending, draft.settledAt] = [draft.pending - 1, performance.now()]);
    return number;
  }

  #lineOf({ number }) {
    return this.objects.lines.get(keyOf({ hand: this.hand, number }));
  }

  #drafted() {
    return new Set([...this.drafts].map(({ number }) => keyOf({ hand: this.hand, number })));
  }
}
