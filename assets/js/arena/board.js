// The leaderboard.

import { byId, element, setText } from './dom.js';
import { points } from './format.js';
import { shortened } from './standings.js';

const ROWS_MAX = 8;

export class Board {
  #root = byId('leaders');

  /** Shows who stands where. @param {readonly import('./standings.js').Standing[]} standings */
  show(standings) {
    const rows = shortened(standings, ROWS_MAX);
    rows.forEach((row, i) => {
      const item = this.#root.children[i] ?? this.#root.appendChild(newRow());
      const [place, name, score] = item.children;
      item.classList.toggle('own', row.own);
      // As with the crown, nobody leads without points.
      item.classList.toggle('leads', row.place === 1 && row.score > 0);
      setText(place, String(row.place));
      setText(name, row.name);
      setText(score, points(row.score));
    });
    while (this.#root.children.length > rows.length) this.#root.lastElementChild?.remove();
  }
}

function newRow() {
  return element('li', '', element('span', 'place'), element('span', 'name'), element('span', 'score'));
}
