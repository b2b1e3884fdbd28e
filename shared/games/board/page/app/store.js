// What the browser stores for this page, where it may: some store nothing.

/** @typedef {'localStorage' | 'sessionStorage'} Kind of all pages of this address, or of this tab alone */

/** @param {Kind} kind @param {string} key @returns {string | null} */
export function recall(kind, key) {
  try {
    return window[kind].getItem(`drumbeat.board.${key}`);
  } catch {
    return null;
  }
}

/** @param {Kind} kind @param {string} key @param {string} value */
export function keep(kind, key, value) {
  try {
    window[kind].setItem(`drumbeat.board.${key}`, value);
  } catch {
    // It counts until the page is left.
  }
}
