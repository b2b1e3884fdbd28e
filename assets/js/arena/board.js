// The leaderboard.

import { byId, element, setText } from './dom.js';
import { points } from './format.js';

/** @typedef {{player: number, name: string, score: number}} Leader */
/** @typedef {Leader & {place: number}} Standing */

const ROWS_MAX = 8;

/**
 * The rows of the leaderboard, best first: the leaders that the server sent last, with the own
 * player as of now. The own row comes last if it is not among the best.
 * @param {readonly Leader[]} leaders
 * @param {Standing | null} own with the place of the last ranking; null for a spectator
 * @param {number} rowsMax without an own row below the best
 * @returns {(Standing & {own: boolean})[]}
 */
export function boardRows(leaders, own, rowsMax) {
  const others = leaders.filter(({ player }) => player !== own?.player);
  // As in the rules: equal scores in the order of the players' numbers.
  const all = (own ? [...others, own] : others).sort((a, b) => b.score - a.score || a.player - b.player);
  const rows = all.map((row, i) => ({ player: row.player, name: row.name, score: row.score, place: i + 1, own: row === own }));
  const last = rows.at(-1);
  // Those between the leaders and the own player are not on the list.
  if (own && last?.own) last.place = Math.max(last.place, own.place);
  const best = rows.slice(0, rowsMax);
  const mine = rows.find((row) => row.own);
  return mine && !best.includes(mine) ? [...best, mine] : best;
}

export class Board {
  #root = byId('leaders');
  /** @type {readonly Leader[] | null} */
  #leaders = null;

  /** Forgets the last connection. */
  reset() {
    this.#leaders = null;
    this.#root.replaceChildren();
  }

  /** Takes the leaders of the room. @param {readonly Leader[]} leaders */
  lead(leaders) {
    this.#leaders = leaders;
  }

  /**
   * Shows the board; nothing before the first list has come.
   * @param {Standing | null} own
   * @returns {number} the own place; 0 while it is not known, and for a spectator
   */
  show(own) {
    if (!this.#leaders) return 0;
    const rows = boardRows(this.#leaders, own, ROWS_MAX);
    rows.forEach((row, i) => {
      const item = this.#root.children[i] ?? this.#root.appendChild(newRow());
      const [place, name, score] = item.children;
      item.classList.toggle('own', row.own);
      setText(place, String(row.place));
      setText(name, row.name);
      setText(score, points(row.score));
    });
    while (this.#root.children.length > rows.length) this.#root.lastElementChild?.remove();
    return rows.find((row) => row.own)?.place ?? 0;
  }
}

function newRow() {
  return element('li', '', element('span', 'place'), element('span', 'name'), element('span', 'score'));
}
