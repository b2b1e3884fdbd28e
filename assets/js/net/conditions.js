// What the lag lab sets, for this and for later connections: link conditions, and which parts of the
// netcode are on.

import { ALL_ON, PERFECT } from './link.js';

/** @typedef {import('./core.js').Core} Core */

export class Conditions {
  /** The link conditions in numbers.
   * @type {Readonly<import('./link.js').Link>} */
  link = PERFECT;
  /** The same as text. */
  text = '';
  /** @type {Readonly<import('./link.js').Switches>} */
  switches = ALL_ON;

  /**
   * @param {string} text
   * @param {Core} core checks it
   */
  setLink(text, core) {
    this.link = core.setLink(text);
    this.text = text;
  }

  /**
   * @param {import('./link.js').Switches} switches
   * @param {Core | null} core
   */
  setSwitches(switches, core) {
    this.switches = { ...switches };
    core?.setSwitches(this.switches);
  }

  /** Sets both for a new connection.
   * @param {Core} core */
  apply(core) {
    core.setLink(this.text);
    core.setSwitches(this.switches);
  }
}
