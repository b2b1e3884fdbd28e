// Opens the page: at the title, or in the game if the address asks for it.
//
//   ?room=NAME   the room; else the server chooses       ?autoplay    plays at once
//   ?name=NAME   the player's name                       ?spectate    watches at once
//   ?link=100ms,jitter=30ms,stall=1%x250ms,kbps=500      conditions of the link
//   ?lab         opens the lag lab                       ?draw=2d     draws without WebGL
//   ?lang=de     the language; else the browser's
//   ?watch       watches at once and shows the room alone, for a frame in another page (/watch/ROOM)

import { byId } from './arena/dom.js';
import { Page } from './arena/page.js';
import { mayMove } from './arena/preview.js';
import { guard } from './arena/renew.js';
import { Settings } from './arena/settings.js';
import { texts, translate } from './arena/texts/index.js';
import { followKeyboard, keepScale } from './arena/touch.js';
import { openSession, roomLink, run } from './net/index.js';
import { publish } from './state.js';

const asked = new URLSearchParams(location.search);
const alone = asked.has('watch');
const watches = asked.has('spectate') || alone;
translate(document);
document.body.classList.toggle('alone', alone);
byId('join-in', HTMLAnchorElement).href = roomLink(location.href, asked.get('room') ?? '');

/** @param {import('./net/index.js').Session} session */
function open(session) {
  const [name, room] = [asked.get('name'), asked.get('room') ?? ''];
  const page = new Page(session, { name, room, draw: asked.get('draw'), alone });
  publish(page);
  keepScale();
  followKeyboard();
  run((now, visible) => page.pictures.next(now, visible));
  // From here on the page's own listeners take what is pressed.
  document.body.dataset.loaded = 'true';
  page.lab.open = asked.has('lab');
  const link = asked.get('link');
  // The lab shows what is wrong with it.
  if (link && !page.lab.controls.set(link)) page.lab.open = true;
  const { early } = document.documentElement.dataset;
  if (early) return byId(early).click();
  const { place } = session;
  // The page was loaded again while it played.
  const resumes = place !== null && (room === '' || room === place.room);
  if (!watches && !asked.has('autoplay') && !resumes) return page.title.show();
  page.title.hide();
  if (watches) page.watch(page.title.name, room);
  else page.play(page.title.name, room);
}

/** Why the page could not start, in words for a player.
 * @param {Error} error
 * @param {number} status of the answer with the core, 0 if there was none */
function cause({ message }, status) {
  if (!('WebAssembly' in globalThis)) return texts.broken.browser;
  return status === 0 ? texts.broken.network : message;
}

/** Whether the page joins as soon as it can, if only to show a room behind the title. A connection that is
 * opened for somebody who only reads ends without a hello. */
const joins = asked.has('autoplay') || watches || (!document.hidden && mayMove(new Settings()));
const core = fetch(byId('core', HTMLLinkElement).href);
openSession({ core, room: joins ? asked.get('room') ?? '' : undefined }).then(open).catch(async (error) => {
  console.error('drumbeat:', error);
  // The server has another core by now, and so another page.
  const status = await core.then((answer) => answer.status, () => 0);
  if (!(status === 404 && guard.renew())) guard.fail(cause(error, status));
});
