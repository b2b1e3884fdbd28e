// What to press, one line after the other, each until it is done; and never again.

import { byId, element } from './dom.js';
import { BOOST, FIRE, RAIL, THRUST } from './input.js';
import { keep, recallTexts } from './store.js';
import { texts } from './texts/index.js';

/** @typedef {'fly' | 'fire' | 'rail' | 'pickup'} Hint */

/** @type {readonly Hint[]} */
const ORDER = ['fly', 'fire', 'rail', 'pickup'];
const NAME = 'hints';
/** Room between it and the screen's edge, CSS pixels. */
const EDGE = 8;
/** Above this share of the screen's height the ship is too near to the upper panels for words between. */
const HIGH = 0.45;

export class Hints {
  #root = byId('hint');
  #words = byId('hint-words');
  #device;
  /** @type {Set<string>} */
  #done = new Set(recallTexts(NAME));
  #shown = '';
  #width = 0;

  /** @param {import('./device.js').Device} device */
  constructor(device) {
    this.#device = device;
  }

  /** Notes what the player has done. @param {Hint} hint */
  did(hint) {
    if (this.#done.has(hint)) return;
    this.#done.add(hint);
    keep(NAME, [...this.#done]);
  }

  /**
   * Shows the next one; called about ten times a second.
   * @param {{buttons: number} | null} own the own ship
   * @param {boolean} quiet whether something else is being said
   */
  update(own, quiet) {
    const buttons = own?.buttons ?? 0;
    if (buttons & (THRUST | BOOST)) this.did('fly');
    if (buttons & FIRE) this.did('fire');
    if (buttons & RAIL) this.did('rail');
    const next = ORDER.find((hint) => !this.#done.has(hint));
    this.#root.hidden = !next || !own || quiet;
    if (!next || this.#root.hidden) return;
    const parts = this.#parts(next);
    const text = parts.map((part) => (typeof part === 'string' ? part : part.textContent)).join('');
    if (text === this.#shown) return;
    this.#shown = text;
    this.#words.replaceChildren(...parts);
    this.#width = this.#words.offsetWidth;
  }

  /**
   * Keeps it beside the ship; called for every picture.
   * @param {() => {x: number, y: number}} place of the ship, CSS pixels
   */
  follow(place) {
    if (this.#root.hidden) return;
    const { x, y } = place();
    const half = this.#width / 2 + EDGE;
    const inside = Math.min(Math.max(x, half), innerWidth - half);
    this.#root.classList.toggle('high', y < innerHeight * HIGH);
    this.#root.style.transform = `translate(${Math.round(inside)}px, ${Math.round(y)}px)`;
  }

  /**
   * @param {Hint} hint
   * @returns {(string | Element)[]}
   */
  #parts(hint) {
    const words = texts.hints;
    if (hint === 'pickup') return [words.pickup];
    if (this.#device.kind === 'touch') return [words.touch[hint]];
    /** @type {import('./bindings.js').Action[]} */
    const actions = hint === 'fly' ? ['up', 'left', 'down', 'right'] : [hint];
    const names = [...new Set(actions.flatMap((action) => this.#device.names(action).slice(0, hint === 'fly' ? 1 : 2)))];
    return [...names.flatMap((name) => [element('kbd', '', name), ' ']), words[hint]];
  }
}
