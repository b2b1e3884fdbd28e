// What is called out in the middle of the screen: streaks, in measure.

import { byId, setText } from './dom.js';

const SHOWN_MS = 2_200;

export class Announce {
  #root = byId('announce');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * Calls something out; an empty text is passed over.
   * @param {string} text
   * @param {boolean} [own] whether it is the player's own doing
   */
  say(text, own = false) {
    if (!text) return;
    clearTimeout(this.#timer);
    this.#root.hidden = false;
    this.#root.classList.toggle('own', own);
    setText(this.#root, text);
    this.#timer = setTimeout(() => (this.#root.hidden = true), SHOWN_MS);
  }
}
