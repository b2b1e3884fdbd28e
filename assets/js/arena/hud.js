// The panels around the canvas: score, vitals, leaderboard and kill feed.

import { Board } from './board.js';
import { addRow, byId, element, setText } from './dom.js';
import { placeText, points, tally } from './format.js';
import { hueOf } from './looks.js';
import { ownPlace } from './standings.js';
import { texts } from './texts/index.js';

/** @typedef {{killer: number | null, killer_name: string, victim: number, victim_name: string, x: number, y: number, streak: number, rail: boolean, hull: number, from_x: number, from_y: number}} Kill */

const FEED_ROWS_MAX = 5;
const FEED_MS = 7_000;
const LOW = 0.35;

export class Hud {
  #root = byId('hud');
  #score = byId('score');
  #place = byId('place');
  #tally = byId('tally');
  #hull = byId('hull');
  #energy = byId('energy');
  #feed = byId('feed');
  #charge = byId('charge');
  #vignette = byId('vignette');
  board = new Board();

  /** @param {boolean} hidden */
  set hidden(hidden) {
    this.#root.hidden = hidden;
  }

  /** Sets whether the client is a spectator and has no ship.
   * @param {boolean} spectating */
  set spectating(spectating) {
    this.#root.classList.toggle('spectating', spectating);
  }

  /** Forgets the last connection. */
  reset() {
    this.board.show([]);
    this.#feed.replaceChildren();
  }

  /**
   * Updates what has to move smoothly; called for every picture.
   * @param {{hull: number, store: number} | null} own the own ship's shares of hit points and energy
   * @param {number} charge of the rail, 0 to 1
   * @param {number} flash how red the edge of the screen is, 0 to 1
   */
  frame(own, charge, flash) {
    meter(this.#hull, own?.hull ?? 0);
    meter(this.#energy, own?.store ?? 0);
    meter(this.#charge, own ? charge : 0);
    this.#charge.classList.toggle('ready', own !== null && charge >= 1);
    this.#vignette.hidden = flash === 0;
    if (flash > 0) this.#vignette.style.opacity = flash.toFixed(2);
  }

  /**
   * Updates the numbers; called about ten times a second.
   * @param {Record<string, number>} own the player's private numbers
   * @param {import('./standings.js').Standing[]} standings
   */
  update(own, standings) {
    const { score, players, kills, deaths, streak } = own;
    this.board.show(standings);
    setText(this.#score, points(score));
    setText(this.#place, placeText(ownPlace(standings), players));
    setText(this.#tally, tally(kills, deaths, streak));
  }

  /**
   * Shows a kill.
   * @param {Kill} kill
   * @param {number | null} player the own player
   */
  kill({ killer, killer_name: killerName, victim, victim_name: victimName, streak, rail }, player) {
    /** @type {(id: number | null, name: string) => HTMLElement} */
    const who = (id, name) => {
      const shown = element('b', id === player && id !== null ? 'own' : '', name);
      if (id !== null && id !== player) shown.style.color = hueOf(id);
      return shown;
    };
    const row = killer === null
      ? element('li', '', who(victim, victimName), texts.score.destroyed)
      : element('li', '', who(killer, killerName), element('span', 'sign', rail ? ' ⟶ ' : ' ✕ '), who(victim, victimName));
    if (streak >= 3) row.append(element('span', 'streak', `×${streak}`));
    addRow(this.#feed, row, FEED_ROWS_MAX, FEED_MS);
  }
}

/**
 * @param {HTMLElement} target
 * @param {number} share
 */
function meter(target, share) {
  const value = Math.max(0, Math.min(1, share));
  const fill = /** @type {HTMLElement} */ (target.firstElementChild);
  const wide = `scaleX(${value.toFixed(3)})`;
  if (fill.style.transform !== wide) fill.style.transform = wide;
  target.classList.toggle('low', value < LOW);
  const percent = String(Math.round(value * 100));
  if (target.getAttribute('aria-valuenow') !== percent) target.setAttribute('aria-valuenow', percent);
}
