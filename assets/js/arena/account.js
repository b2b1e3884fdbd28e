// The game for players who do not see it: what the arena is and its keys, and a calm account of hull,
// place and hits. Deaths, kills and streaks have live regions of their own.

import { element, setText } from './dom.js';
import { texts } from './texts/index.js';

/** A screen reader needs about this long for a line. */
const CALM_MS = 2_500;
/** The hull is said in steps of this many percent. */
const STEP = 20;

/**
 * Describes the arena and its keys.
 * @param {import('./bindings.js').Bindings} bindings
 */
export function spoken(bindings) {
  const { or, noKey, arena } = texts.spoken;
  /** @type {(...actions: import('./bindings.js').Action[]) => string} */
  const keys = (...actions) => actions.map((action) => bindings.names(action).join(or) || noKey).join(', ');
  return arena(keys('up', 'left', 'down', 'right'), keys('fire'), keys('rail'));
}

/** The account as a live region. */
export class Account {
  #line = element('p', 'spoken');
  #saidAt = -1e9;
  /** @type {number | null} */
  #hull = null;
  /** What was last said of hull and place. */
  #said = { step: 100 / STEP, place: 0 };
  /** The side of the last hit that was not said. */
  #side = '';
  /** Called with the damage of a hit. */
  felt = (/** @type {number} */ _damage) => {};

  constructor() {
    Object.assign(this.#line, { id: 'account', role: 'status' });
    document.querySelector('main')?.append(this.#line);
  }

  /**
   * Notes how much of the own hull is left, from 0 to 1; null without a ship.
   * @param {number | null} hull
   */
  watch(hull) {
    this.#hull = hull;
  }

  /**
   * Notes a hit of the own ship.
   * @param {number} aim where the shot was flying, steps
   * @param {number} damage hit points
   */
  hit(aim, damage) {
    this.felt(damage);
    this.#side = texts.account.sides[Math.round(aim / 64 + 2) & 3];
  }

  /**
   * Says what has changed, if the last line has had its time.
   * @param {Record<string, number>} own the player's private numbers
   * @param {number} now milliseconds
   */
  speak({ place, players }, now) {
    if (now - this.#saidAt < CALM_MS) return;
    const words = [];
    if (this.#side) words.push(texts.account.hit(this.#side));
    const step = this.#hull === null ? this.#said.step : Math.ceil((this.#hull * 100) / STEP);
    if (step !== this.#said.step) words.push(texts.account.hull(Math.round((this.#hull ?? 0) * 100)));
    if (place > 0 && place !== this.#said.place) words.push(texts.score.place(place, players));
    this.#said = { step, place };
    this.#side = '';
    if (words.length === 0) return;
    this.#saidAt = now;
    setText(this.#line, `${words.join('. ')}.`);
  }
}
