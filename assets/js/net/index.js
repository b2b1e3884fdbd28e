// Everything that a page needs to join a Drumbeat server, whatever its game: socket and
// reconnection, the client core, the page's loop, the net graph, the lag lab, links to share.
// Nothing in this folder knows a game or an element of a page. A page that draws a dot for each
// entity, whatever its kind:
//
//   import { openSession, run } from './net/index.js';
//
//   const session = await openSession({ core: fetch('core.wasm') });
//   session.join({ name: 'Ada' });
//   run((now) => {
//     session.pump(now, { heading: 64, runs: true });   // what is held now, by the names of the input
//     const { core, schema, playing } = session;
//     if (!playing) return;
//     for (const { x, y, own } of schema.entities(core.draw(now), core.stride)) dot(x, y, own);
//   });

import { loadCore } from './core.js';
import { Session } from './session.js';
import { dialAhead } from './socket.js';
import { siteTicket } from './ticket.js';

export { Controls } from './controls.js';
export { CoreError, loadCore } from './core.js';
export { ALL_ON, PERFECT, PRESETS, RANGES, linkText, withCondition } from './link.js';
export { LANES, paintLanes } from './lanes.js';
export { run } from './loop.js';
export { NetGraph, WORDS } from './netgraph.js';
export { Schema, SchemaError } from './schema.js';
export { Session } from './session.js';
export { copyText, roomLink } from './share.js';
export { siteTicket } from './ticket.js';

/**
 * Loads the client core and creates a session, which waits for `join`; `dispose` ends it.
 * @param {object} options
 * @param {Promise<Response> | Response | BufferSource} options.core the bytes of core.wasm
 * @param {string} [options.url] the server's WebSocket; by default, `ws` in the folder from which
 *   the server serves `js`
 * @param {import('./types.js').SessionListener} [options.on]
 * @param {import('./ticket.js').TicketSource} [options.ticket] a ticket, or what gets one; by default,
 *   the page's own site is asked for `ticket` once the server asks for one
 * @param {string} [options.room] where the page joins at once: the connection opens while the core loads
 * @returns {Promise<Session>}
 * @throws when the core cannot be loaded or compiled; the message says why
 */
export async function openSession({ core, url = ownServer(), on = {}, ticket = siteTicket(), room }) {
  const dialled = room === undefined ? null : dialAhead(url, room);
  const session = new Session(url, await loadCore(core).catch((error) => {
    dialled?.socket.close();
    throw error;
  }), on, ticket, dialled);
  const { disposed: signal } = session;
  const [suspend, hurry] = [() => session.suspend(), () => session.hurry()];
  addEventListener('online', hurry, { signal });
  document.addEventListener('visibilitychange', () => document.hidden || hurry(), { signal });
  // A browser may freeze a page that was left or hidden for long, and resume it later.
  addEventListener('pagehide', suspend, { signal });
  addEventListener('pageshow', hurry, { signal });
  document.addEventListener('freeze', suspend, { signal });
  document.addEventListener('resume', hurry, { signal });
  return session;
}

/** Relative to this folder, so that a proxy may serve everything under a path. */
function ownServer() {
  return new URL('../../ws', import.meta.url).href.replace(/^http/, 'ws');
}
