// Whether the own weapons work, and when, as in the rules.

import { charged } from './format.js';
import { protectionOf } from './protection.js';
import { roundAt } from './roundtime.js';
import { texts } from './texts/index.js';

const seconds = new Intl.NumberFormat(texts.numbers.resolvedOptions().locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export class Weapons {
  #railReadyAt;
  #tickHz = 30;
  #railPause = 0;
  #protection = 0;
  /** @type {import('./roundtime.js').Rounds | undefined} */
  #rounds;
  /** How long overdrive lasts, ticks. */
  overdriveTicks = 1;

  /** @param {import('../net/schema.js').Schema} schema */
  constructor(schema) {
    this.#railReadyAt = schema.private.field('rail_ready').at;
  }

  /** Takes the rules of a room. @param {import('../net/types.js').Welcome} welcome */
  set({ map, tick_hz: tickHz }) {
    this.#rounds = map.rounds;
    this.#tickHz = tickHz;
    this.#railPause = (map.rules?.rail_pause_s ?? 0) * tickHz;
    this.overdriveTicks = Math.max(1, (map.rules?.overdrive_s ?? 0) * tickHz);
    this.#protection = Math.max(1, Math.round((map.rules?.protection_s ?? 0) * tickHz));
  }

  /**
   * How far the rail is charged for its next shot, 0 to 1; 0 while weapons do not work.
   * @param {ArrayLike<number>} own the private numbers
   * @param {{shield: number}} ship
   * @param {number} tick at which the own ship is drawn
   */
  charge(own, ship, tick) {
    if (this.#truce(tick) || protectionOf(ship.shield, this.#protection, this.#tickHz).state === 'locked') return 0;
    return this.#railPause > 0 ? charged(own[this.#railReadyAt], tick, this.#railPause) : 1;
  }

  /**
   * The words at the own ship: what protects it, and what its weapons wait for. Empty without either.
   * @param {{shield: number}} ship
   * @param {number} tick
   */
  words(ship, tick) {
    if (this.#truce(tick)) return texts.marks.truce;
    const { state, seconds: left } = protectionOf(ship.shield, this.#protection, this.#tickHz);
    if (state === 'none') return '';
    return state === 'locked' ? texts.marks.locked(seconds.format(left)) : texts.marks.protected(seconds.format(left));
  }

  /** Whether nobody fires: while the podium stands, and for a moment after. */
  #truce(tick) {
    return roundAt(this.#rounds, tick)?.truce ?? false;
  }
}
