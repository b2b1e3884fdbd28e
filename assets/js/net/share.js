// Links to a room, and copying to the clipboard.

/**
 * The address at which others join a room.
 * @param {string} page the page's own address
 * @param {string} room
 * @param {boolean} [spectate] whether they watch first
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
 * Copies a text if the browser allows it.
 * @param {string} text
 * @returns {Promise<boolean>} whether the text was copied
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or a page without HTTPS: the caller shows the text for copying by hand.
    return false;
  }
}
