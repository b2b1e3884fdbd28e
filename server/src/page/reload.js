// Added to each HTML file of a page that is served from a folder for development: reloads it once a
// file of the folder has changed, or the server was started again.

const POLL_MS = 250;
/** The revision that this page was served with. */
const shown = new URL(import.meta.url).search.slice(1);
const newest = new URL('revision.txt', import.meta.url);

/** The revision of the page as it would be served now; null while the server is being started again. */
async function revision() {
  try {
    const answer = await fetch(newest, { cache: 'no-store' });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// Twice the same before it reloads: a server that is about to be started again serves the new files for a
// moment, and a page that is loaded then is lost.
let before = shown;
async function poll() {
  const now = await revision();
  if (now !== null && now !== shown && now === before) return location.reload();
  before = now;
  setTimeout(poll, POLL_MS);
}
poll();
