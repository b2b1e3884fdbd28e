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
    const kept = recall('settings') ?? {};
    this.#values = {
      sound: typeof kept.sound === 'boolean' ? kept.sound : true,
      volume: kept.volume >= 0 && kept.volume <= 1 ? kept.volume : 0.7,
      calm: kept.calm === true,
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
