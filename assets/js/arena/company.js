// Who comes and goes, as notes: those of some time in one.

import { texts } from './texts/index.js';

/** The least time between two notes; in a room of many players more, for each of them. */
const PAUSE_MS = 2_000;
const PAUSE_PER_PLAYER_MS = 100;

/** @typedef {ReadonlyMap<number, string>} List names by player */

export class Company {
  /** The list as of the last note; null before there is one.
   * @type {List | null} */
  #noted = null;
  #notedAt = -1e9;
  /** Who plays, as far as the server says; null while it has not.
   * @type {List | null} */
  list = null;

  /** Another connection: whoever is there already is no news. */
  reset() {
    this.list = this.#noted = null;
  }

  /**
   * Who came and went since the last note, each name with words behind it; empty if nobody did, or if that is
   * not long ago.
   * @param {number} now milliseconds
   * @param {(player: number, name: string) => boolean} concerns whether to say so of somebody
   * @returns {{player: number, name: string, words: string}[]}
   */
  note(now, concerns) {
    const [before, list] = [this.#noted, this.list];
    if (!list || before === list) return [];
    if (before && now - this.#notedAt < Math.max(PAUSE_MS, list.size * PAUSE_PER_PLAYER_MS)) return [];
    this.#noted = list;
    if (!before) return [];
    const missing = (/** @type {List} */ from, /** @type {List} */ others) => [...from].filter(([player, name]) => others.get(player) !== name && concerns(player, name)).map(([player, name]) => ({ player, name }));
    const [come, gone] = [missing(list, before), missing(before, list)];
    const parts = [];
    if (come.length > 0) parts.push({ ...come[0], words: texts.company.joined(come.length - 1) });
    if (gone.length > 0) parts.push({ ...gone[0], words: texts.company.left(gone.length - 1) });
    if (parts.length > 0) this.#notedAt = now;
    return parts;
  }
}
