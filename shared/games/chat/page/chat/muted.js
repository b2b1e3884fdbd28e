// Whom one does not want to read: names, stored in the browser.

const KEY = 'drumbeat.chat.muted';
const MUTED_MAX = 500;

export class Muted {
  /** @type {Set<string>} */
  #names = new Set(read());

  /** @param {string} key of a name */
  has(key) {
    return this.#names.has(key);
  }

  /**
   * Mutes somebody, or no longer.
   * @param {string} key of a name
   */
  toggle(key) {
    if (!this.#names.delete(key)) this.#names.add(key);
    const stored = [...this.#names].slice(-MUTED_MAX);
    try {
      localStorage.setItem(KEY, JSON.stringify(stored));
    } catch {
      // A browser that stores nothing: it counts until the page is left.
    }
  }
}

/** @returns {string[]} */
function read() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
