// The panels around the canvas: score, vitals, leaderboard, kill feed, and death.

import { addRow, byId, element, setText } from './dom.js';
import { ENERGY_MAX, HP_MAX, PRIVATE } from './fields.js';
import { blame, boardRows, placeText, points, secondsUntil, tally } from './format.js';

const FEED_ROWS_MAX = 5;
const FEED_MS = 7_000;
const BOARD_ROWS_MAX = 8;
const LOW = 0.35;

export class Hud {
  #root = byId('hud');
  #score = byId('score');
  #place = byId('place');
  #tally = byId('tally');
  #hull = byId('hull');
  #energy = byId('energy');
  #leaders = byId('leaders');
  #feed = byId('feed');
  #death = byId('death');
  #killer = byId('killer');
  #countdown = byId('countdown');
  #vignette = byId('vignette');
  #rows = [];
  #killedBy = null;

  set hidden(hidden) {
    this.#root.hidden = hidden;
  }

  /** Forgets the last connection. */
  reset() {
    this.#rows = [];
    this.#killedBy = null;
    this.#leaders.replaceChildren();
    this.hideDeath();
  }

  /** Takes the word of death away. */
  hideDeath() {
    this.#death.hidden = true;
  }

  /** Every frame: what has to move smoothly. */
  frame(own, flash) {
    meter(this.#hull, own ? own.hp / HP_MAX : 0);
    meter(this.#energy, own ? own.energy / ENERGY_MAX : 0);
    this.#vignette.hidden = flash === 0;
    if (flash > 0) this.#vignette.style.opacity = flash.toFixed(2);
  }

  /**
   * About ten times a second: the numbers.
   * @param {Int32Array} own the player's private numbers
   */
  update(own, { tick, tickHz, player, name, killerName }) {
    const score = own[PRIVATE.score];
    setText(this.#score, points(score));
    setText(this.#place, placeText(own[PRIVATE.place], own[PRIVATE.players]));
    setText(this.#tally, tally(own[PRIVATE.kills], own[PRIVATE.deaths], own[PRIVATE.streak]));
    this.#showBoard({ player, name, score, place: own[PRIVATE.place] });
    this.#showDeath(own, tick, tickHz, killerName);
  }

  /** The best of the room have changed. */
  lead(rows) {
    this.#rows = rows;
  }

  /** Somebody was killed. */
  kill({ killer, killer_name: killerName, victim, victim_name: victimName, streak }, player) {
    const who = (id, name) => element('b', id === player ? 'own' : '', name);
    const row = killer === null
      ? element('li', '', who(victim, victimName), ' crashed')
      : element('li', '', who(killer, killerName), element('span', 'sign', ' ✕ '), who(victim, victimName));
    if (streak >= 3) row.append(element('span', 'streak', `×${streak}`));
    addRow(this.#feed, row, FEED_ROWS_MAX, FEED_MS);
    if (victim === player) this.#killedBy = killer === null ? null : killerName;
  }

  #showBoard(own) {
    const rows = boardRows(this.#rows, own, BOARD_ROWS_MAX);
    rows.forEach((row, i) => {
      const item = this.#leaders.children[i] ?? this.#leaders.appendChild(leaderRow());
      const [place, name, score] = item.children;
      item.classList.toggle('own', row.own);
      setText(place, String(row.place));
      setText(name, row.name);
      setText(score, points(row.score));
    });
    while (this.#leaders.children.length > rows.length) this.#leaders.lastElementChild.remove();
  }

  #showDeath(own, tick, tickHz, killerName) {
    const dead = own[PRIVATE.respawnTick] > 0;
    if (!dead) this.#killedBy = null;
    this.#death.hidden = !dead;
    if (!dead) return;
    const killer = own[PRIVATE.killer] - 1;
    const killed = this.#killedBy !== null || killer >= 0;
    setText(this.#killer, blame(killed, this.#killedBy ?? (killed ? killerName(killer) : null)));
    setText(this.#countdown, String(secondsUntil(own[PRIVATE.respawnTick], tick, tickHz)));
  }
}

function leaderRow() {
  return element('li', '', element('span', 'place'), element('span', 'name'), element('span', 'score'));
}

function meter(target, share) {
  const value = Math.max(0, Math.min(1, share));
  target.firstElementChild.style.transform = `scaleX(${value.toFixed(3)})`;
  target.classList.toggle('low', value < LOW);
  const percent = String(Math.round(value * 100));
  if (target.getAttribute('aria-valuenow') !== percent) target.setAttribute('aria-valuenow', percent);
}
