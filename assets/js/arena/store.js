// The page's data about a player, stored only in the browser.

const PREFIX = 'drumbeat.';

/**
 * Reads a stored value; null if there is none or it can't be read.
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
 * Stores a value. A browser may refuse; the player then has to enter it again next time.
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

/**
 * The texts of a list from an earlier visit; none if something else is stored by that name.
 * @param {string} name
 * @returns {string[]}
 */
export function recallTexts(name) {
  const found = recall(name);
  return Array.isArray(found) ? found.filter((text) => typeof text === 'string') : [];
}
