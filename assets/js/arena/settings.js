// What a player has set: sound, volume, effects. Kept in the browser.

import { keep, recall } from './store.js';

/** @typedef {{sound: boolean, volume: number, calm: boolean}} Values `volume` from 0 to 1 */

const reduced = matchMedia('(prefers-reduced-motion: reduce)');

export class Settings {
  /** @type {Values} */
  #values;
  /** Called when something has changed. */
  changed = () => {};

  constructor() {
    const saved = recall('settings') ?? {};
    this.#values = {
      sound: typeof saved.sound === 'boolean' ? saved.sound : true,
      volume: saved.volume >= 0 && saved.volume <= 1 ? saved.volume : 0.7,
      calm: saved.calm === true,
    };
    reduced.addEventListener('change', () => this.changed());
  }

  get sound() {
    return this.#values.sound;
  }

  get volume() {
    return this.#values.volume;
  }

  /** Whether motion is to be kept down, as wanted here or of the whole system. */
  get matches() {
    return this.#values.calm || reduced.matches;
  }

  /** Whether the whole system asks for less motion. */
  get systemCalm() {
    return reduced.matches;
  }

  /** @param {Partial<Values>} values */
  set(values) {
    this.#values = { ...this.#values, ...values };
    keep('settings', this.#values);
    this.changed();
  }
}
