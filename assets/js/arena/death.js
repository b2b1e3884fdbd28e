// The death panel: who killed the player and with what, what it cost, and when the ship returns.

import { byId, setText } from './dom.js';
import { blame, epitaph, secondsUntil } from './format.js';
import { hueOf } from './looks.js';
import { texts } from './texts/index.js';

/** @typedef {import('./hud.js').Kill} Kill */

export class Death {
  #root = byId('death');
  #killer = byId('killer');
  #left = byId('killer-left');
  #tale = byId('death-tale');
  #countdown = byId('countdown');
  /** The name of the last killer, if an event has named it.
   * @type {string | null} */
  #name = null;
  #means = '';
  /** The own streak before the death. */
  #streak = 0;

  hide() {
    this.#root.hidden = true;
    this.#name = null;
    this.#means = '';
    setText(this.#left, '');
  }

  /**
   * Notes that the own ship was destroyed.
   * @param {Kill} kill
   */
  killed({ killer, killer_name: name, rail, hull }) {
    this.#name = killer === null ? null : name;
    this.#means = rail ? 'rail' : 'gun';
    setText(this.#left, killer === null || hull === 0 ? '' : texts.death.left(hull));
    const hue = killer === null ? '' : hueOf(killer);
    if (this.#killer.style.color !== hue) this.#killer.style.color = hue;
  }

  /**
   * Updates the panel; called about ten times a second.
   * @param {Record<string, number>} own the player's private numbers
   * @param {number} tick
   * @param {number} tickHz
   * @param {(player: number) => string | null} nameOf
   */
  update(own, tick, tickHz, nameOf) {
    if (own.respawn_tick === 0) {
      this.#streak = own.streak;
      return this.hide();
    }
    const killer = own.killer - 1;
    const killed = this.#name !== null || killer >= 0;
    setText(this.#killer, blame(killed, this.#name ?? (killed ? nameOf(killer) : null), this.#means));
    setText(this.#tale, epitaph(this.#streak));
    setText(this.#countdown, String(secondsUntil(own.respawn_tick, tick, tickHz)));
    this.#root.hidden = false;
  }
}
