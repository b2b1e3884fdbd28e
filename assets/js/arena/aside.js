// The word beside the ship: what is wrong with the picture at this moment.

import { byId, setText } from './dom.js';
import { texts } from './texts/index.js';

/** Silence of the server that is said, milliseconds; it sends some thirty frames a second. */
export const SILENT_MS = 700;
/** One picture counts as no more silence than this: a page that stood still itself has not listened. */
const STEP_MS_MAX = 250;
/** About half its width, CSS pixels. */
const HALF = 152;

/** How long the server has sent nothing, as far as the page has listened. */
export class Silence {
  #ms = 0;

  /** A frame has come. */
  heard() {
    this.#ms = 0;
  }

  /** @param {number} ms since the last picture */
  pass(ms) {
    this.#ms += Math.min(ms, STEP_MS_MAX);
  }

  get ms() {
    return this.#ms;
  }
}

export class Aside {
  #root = byId('aside');
  #words = byId('aside-words');
  #seconds = byId('aside-seconds');

  /** Whether something is wrong. */
  get speaks() {
    return !this.#root.hidden;
  }

  /**
   * Updates it; called for every picture.
   * @param {number} silence milliseconds; 0 without a connection
   * @param {boolean} lost whether there is no picture
   * @param {() => {x: number, y: number}} place of the ship, CSS pixels
   */
  show(silence, lost, place) {
    const silent = silence >= SILENT_MS;
    document.body.classList.toggle('silent', silent);
    this.#root.hidden = !silent && !lost;
    if (this.#root.hidden) return;
    setText(this.#words, lost ? texts.aside.lost : texts.aside.silent);
    setText(this.#seconds, lost ? '' : texts.aside.seconds(silence / 1000));
    const { x, y } = place();
    const inside = Math.min(Math.max(x, HALF), innerWidth - HALF);
    this.#root.style.transform = `translate(${Math.round(inside)}px, ${Math.round(y)}px)`;
  }
}
