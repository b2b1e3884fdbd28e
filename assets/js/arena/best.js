// The player's best score of the day, which only this browser knows.

import { keep, recall } from './store.js';

const NAME = 'best';

/** A day of the calendar here, such as `2026-1-31`. @param {Date} date */
function dayOf(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export class Best {
  #store;
  #now;
  /** What the store holds. @type {{day: string, score: number}} */
  #held = { day: '', score: 0 };
  /** The best before this round; what beats it is said once. */
  #before = 0;
  #said = false;

  /**
   * @param {{recall(name: string): any, keep(name: string, value: unknown): void}} [store]
   * @param {() => Date} [now]
   */
  constructor(store = { recall, keep }, now = () => new Date()) {
    this.#store = store;
    this.#now = now;
    this.#read();
  }

  /** Another tab may have played meanwhile. */
  #read() {
    const { day, score } = this.#store.recall(NAME) ?? {};
    this.#held = { day: String(day), score: score > 0 ? Number(score) : 0 };
  }

  /** The best score of this day; 0 without one. */
  get today() {
    return this.#held.day === dayOf(this.#now()) ? this.#held.score : 0;
  }

  /** A round begins: scores start at 0. */
  begin() {
    this.#read();
    this.#before = this.today;
    this.#said = false;
  }

  /**
   * Takes a score of the present round.
   * @param {number} score
   * @returns {boolean} whether it is the first of this round that beats an earlier best
   */
  take(score) {
    if (score <= this.today) return false;
    this.#held = { day: dayOf(this.#now()), score };
    this.#store.keep(NAME, this.#held);
    const first = !this.#said && this.#before > 0;
    this.#said = true;
    return first;
  }

  /** Whether this round has brought the best of the day. */
  get isNew() {
    return this.#said;
  }
}
