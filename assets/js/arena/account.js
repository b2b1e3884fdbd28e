// The game for players who do not see it: what the arena is and its keys, and a calm account of hull,
// place and hits. Deaths, kills and streaks have live regions of their own.

import { element, setText } from './dom.js';
import { texts } from './texts/index.js';

/** A screen reader needs about this long for a line. */
const CALM_MS = 2_500;
/** The hull is told in steps of this many percent. */
const STEP = 20;

/** @typedef {{x: number, y: number, hull: number}} Own world units; `hull` from 0 to 1 */

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
  #told = { step: 100 / STEP, place: 0 };
  /** The side of the last hit that was not said. */
  #side = '';
  /** Called with the share of the hull that a hit took. */
  hit = (/** @type {number} */ _share) => {};

  constructor() {
    Object.assign(this.#line, { id: 'account', role: 'status' });
    document.querySelector('main')?.append(this.#line);
  }

  /**
   * Notes the own ship; called for every picture.
   * @param {Own | null} own
   * @param {{x: number, y: number, own?: boolean}[]} ships in view, to tell from where a hit came
   */
  watch(own, ships) {
    if (own && this.#hull !== null && own.hull < this.#hull - 0.01) {
      this.hit(this.#hull - own.hull);
      this.#side = sideOf(own, ships);
    }
    this.#hull = own?.hull ?? null;
  }

  /**
   * Says what has changed, if the last line has had its time.
   * @param {Record<string, number>} own the player's private numbers
   * @param {number} now milliseconds
   */
  tell({ place, players }, now) {
    if (now - this.#saidAt < CALM_MS) return;
    const words = [];
    if (this.#side) words.push(texts.account.hit(this.#side));
    const step = this.#hull === null ? this.#told.step : Math.ceil((this.#hull * 100) / STEP);
    if (step !== this.#told.step) words.push(texts.account.hull(Math.round((this.#hull ?? 0) * 100)));
    if (place > 0 && place !== this.#told.place) words.push(texts.score.place(place, players));
    this.#told = { step, place };
    this.#side = '';
    if (words.length === 0) return;
    this.#saidAt = now;
    setText(this.#line, `${words.join('. ')}.`);
  }
}

/**
 * The side on which the nearest other ship is.
 * @param {Own} own
 * @param {{x: number, y: number, own?: boolean}[]} ships
 */
function sideOf(own, ships) {
  let [best, side] = [Infinity, ''];
  for (const ship of ships) {
    const [dx, dy] = [ship.x - own.x, ship.y - own.y];
    const far = Math.hypot(dx, dy);
    if (ship.own || far >= best) continue;
    best = far;
    side = texts.account.sides[Math.round(Math.atan2(dy, dx) / (Math.PI / 2)) & 3];
  }
  return side;
}
