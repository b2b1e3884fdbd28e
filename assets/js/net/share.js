// Links to a room, and how they get into somebody's clipboard.

/**
 * The address at which others come into a room.
 * @param {string} page the page's own address
 * @param {string} room
 * @param {boolean} [spectate] whether they shall watch first
 */
export function roomLink(page, room, spectate = false) {
  const url = new URL(page);
  url.search = '';
  url.hash = '';
  if (room) url.searchParams.set('room', room);
  if (spectate) url.searchParams.set('spectate', '');
  return url.href.replace(/spectate=$/, 'spectate');
}

/**
 * Copies a text, where the browser allows it.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard now
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or a page without HTTPS: the caller shows the text to be copied by hand.
    return false;
  }
}
