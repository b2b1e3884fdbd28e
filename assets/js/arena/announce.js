// Announcements in the middle of the screen, such as streaks.

import { byId, setText } from './dom.js';

const SHOWN_MS = 2_200;

export class Announce {
  #root = byId('announce');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * Shows a text for a moment; ignores an empty one.
   * @param {string} text
   * @param {boolean} [own] whether the player did it
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
