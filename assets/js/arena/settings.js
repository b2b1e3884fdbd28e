// A player's settings: sound, volume, effects. The browser stores them.

import { keep, recall } from './store.js';

/** @typedef {{sound: boolean, volume: number, calm: boolean}} Values `volume` from 0 to 1 */

const reduced = matchMedia('(prefers-reduced-motion: reduce)');

export class Settings {
  /** @type {Values} */
  #values;
  /** Called when a setting changes. */
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

  /** Whether to reduce motion, by this setting or by the system's. */
  get matches() {
    return this.#values.calm || reduced.matches;
  }

  /** Whether the system asks for reduced motion. */
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
