// Whose lines are not shown: names, stored in the browser.

import { keep, recall } from './store.js';

const MUTED_MAX = 200;

export class Muted {
  /** @type {Set<string>} */
  #names = new Set(read());

  /** @param {string} name */
  has(name) {
    return this.#names.has(name);
  }

  /** Mutes somebody, or no longer. @param {string} name @returns {boolean} whether it is muted now */
  toggle(name) {
    const mutes = !this.#names.delete(name);
    if (mutes) this.#names.add(name);
    keep('localStorage', 'muted', JSON.stringify([...this.#names].slice(-MUTED_MAX)));
    return mutes;
  }
}

/** @returns {string[]} */
function read() {
  try {
    const names = JSON.parse(recall('localStorage', 'muted') ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
