// Holds a player's controls. A mistake in them is said once, while the game goes on.

import { CoreError } from './core.js';

/** @typedef {import('./types.js').Held} Held */

/** The controls of a session, over any number of connections. */
export class Holding {
  /** The controls with a mistake that was reported.
   * @type {Set<string>} */
  #reported = new Set();

  /**
   * @param {import('./core.js').Core} core
   * @param {import('./schema.js').Schema} schema
   * @param {Held | Uint8Array} controls by name, or in the game's encoding
   * @param {number} since when they changed, milliseconds
   */
  hold(core, schema, controls, since) {
    const report = (/** @type {string} */ name, /** @type {string} */ mistake) => this.#report(name, mistake);
    const held = controls instanceof Uint8Array ? controls : schema.controls.values(controls, report);
    try {
      core.hold(held, since);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      report('', `the controls are not held: ${error.message}`);
    }
  }

  /**
   * @param {string} name
   * @param {string} mistake
   */
  #report(name, mistake) {
    if (!this.#reported.has(name)) console.warn('drumbeat:', mistake);
    this.#reported.add(name);
  }
}
