// Added to each HTML file of a page that is served from a folder for development: reloads it once a
// file of the folder has changed, or the server was started again.

const POLL_MS = 500;
/** The revision that this page was served with. */
const shown = new URL(import.meta.url).search.slice(1);
const newest = new URL('revision.txt', import.meta.url);

async function poll() {
  // Without an answer, the server is being started again.
  const answer = await fetch(newest, { cache: 'no-store' }).catch(() => null);
  if (answer?.ok && (await answer.text()) !== shown) location.reload();
  else setTimeout(poll, POLL_MS);
}
poll();
