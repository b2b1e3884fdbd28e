// What the page keeps of a player, in the browser alone.

const PREFIX = 'drumbeat.';

/**
 * What was kept under a name; null if there is nothing, or nothing that can be read.
 * @param {string} name
 * @returns {any}
 */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * Keeps something; a browser may refuse, and it is then asked for or set again.
 * @param {string} name
 * @param {unknown} value
 */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // See above.
  }
}
