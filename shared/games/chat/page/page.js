// The page of the chat: joins a room, shows what comes, sends what is written.

import { copyText, openSession, roomLink } from './js/net/index.js';
import { Log } from './chat/log.js';
import { Menu } from './chat/menu.js';
import { Muted } from './chat/muted.js';
import { People } from './chat/people.js';
import { NAME_BYTES_MAX, byId, bytes, nameKey } from './chat/words.js';
import { Writer } from './chat/writer.js';

/** @typedef {import('./js/net/types.js').Notice} Notice */
/** @typedef {import('./js/net/types.js').State} State */
/** @typedef {import('./js/net/session.js').Session} Session */
/** @typedef {import('./chat/log.js').Line} Line */

/** Nothing moves here, so nothing needs every picture of the screen. */
const PUMP_MS = 200;
const NAME_KEY = 'drumbeat.name';

class Page {
  #muted = new Muted();
  #menu = new Menu();
  #isMuted = (/** @type {string} */ key) => this.#muted.has(key);
  #log = new Log({ isMuted: this.#isMuted, open: (opener, line) => this.#openMenu(opener, line) });
  #people = new People({
    isMuted: this.#isMuted,
    note: (text) => this.#note(text),
    open: (opener, { name, player }) => this.#openMenu(opener, { name, player }),
  });
  #writer = new Writer((text) => this.#send(text));
  #status = byId('status', HTMLElement);
  #session;
  /** Reasons of this frame's refusals.
   * @type {string[]} */
  #refusals = [];
  /** The line that made one a moderator, for the next time that one comes; and one that may. */
  #mod = '';
  #tried = '';
  #unread = 0;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    session.on = {
      welcome: (welcome) => this.#welcome(welcome),
      notice: (notice) => this.#notice(notice),
      record: (id, record) => this.#people.take(id, record),
      document: () => this.#people.settle(),
      frame: () => this.#frame(),
      state: (state) => this.#state(state),
    };
    setInterval(() => this.#pump(), PUMP_MS);
    document.addEventListener('visibilitychange', () => document.hidden || this.#seen());
    byId('retry', HTMLButtonElement).addEventListener('click', () => session.retry());
    byId('share', HTMLButtonElement).addEventListener('click', () => this.#share());
  }

  /** Where the page played before it was loaded again. */
  get place() {
    return this.#session.place;
  }

  /** @param {string} name @param {string} room */
  join(name, room) {
    byId('title', HTMLElement).hidden = true;
    byId('chat', HTMLElement).hidden = false;
    this.#session.join({ name, room });
    this.#writer.focus();
  }

  #pump() {
    this.#session.pump(performance.now());
    const { name, until = 0 } = this.#session.state;
    if (name === 'waiting') {
      const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
      byId('status-text', HTMLElement).textContent = `${this.#session.state.text ?? 'The connection was lost.'} Trying again in ${seconds} s.`;
    }
  }

  /** @param {import('./js/net/types.js').Welcome} welcome */
  #welcome({ player, room, name }) {
    this.#people.me = player;
    this.#people.restart();
    this.#log.me = name;
    byId('room', HTMLElement).textContent = `#${room}`;
    history.replaceState(null, '', roomLink(location.href, room));
    this.#seen();
  }

  /** @param {Notice} notice */
  #notice({ chat, withdrawn, whisper, event, refused, missed }) {
    const at = new Date();
    if (chat) this.#line(chat);
    if (withdrawn) this.#log.withdraw(withdrawn.line);
    if (whisper) {
      const { from, from_name: name, to_name: to, text } = whisper;
      const own = from === this.#people.me;
      if (own) this.#writer.arrived((sent) => sent.startsWith('/w ') && sent.endsWith(text));
      this.#log.add({ how: 'whisper', text, at, name, player: from, own, to });
      if (!own) this.#count(name);
    }
    if (event?.Reply) {
      this.#writer.arrived((sent) => sent.startsWith('/'));
      this.#note(event.Reply.text);
    }
    if (event?.Reported) this.#note(`${event.Reported.by} reports line ${event.Reported.line}: ${event.Reported.text}`);
    if (refused) this.#refusals.push(refused.reason);
    if (missed) this.#note('Some answers of the room did not get through.');
  }

  /** @param {import('./js/net/types.js').ChatLine} chat */
  #line({ line: number, player, name, text, tick, earlier }) {
    const known = this.#log.find(number);
    if (known?.text === text && known.name === (name || undefined)) return;
    // The number stands for something else: the room has begun anew.
    if (known) this.#log.clear();
    const { core, welcome } = this.#session;
    const ago = ((core?.tick ?? tick) - tick) / (welcome?.tick_hz ?? 1);
    const at = new Date(Date.now() - 1000 * Math.max(0, ago));
    if (player === null) {
      this.#writer.arrived((sent) => sent.startsWith('/roll'));
      return this.#log.add({ how: 'room', text, at, number, earlier });
    }
    const own = !earlier && player === this.#people.me;
    if (own) this.#writer.arrived((sent) => sent === text || sent === `/${text}`);
    this.#log.add({ how: 'said', text, at, name, player: earlier ? null : player, number, own, earlier });
    if (!own && !earlier) this.#count(name);
  }

  #frame() {
    if (this.#tried && this.#moderates) [this.#mod, this.#tried] = [this.#tried, ''];
    for (const reason of this.#refusals.splice(0)) {
      this.#tried = '';
      this.#writer.refused();
      this.#note(`Not sent: ${reason}`);
    }
    this.#log.me = this.#people.myName || this.#log.me;
    this.#people.draw();
  }

  /** @param {State} state */
  #state({ name, text = '' }) {
    // Nothing can be said before.
    if (name === 'playing' && this.#mod && this.#session.welcome?.resumed === null) this.#session.chat(this.#mod);
    const lost = name === 'waiting' || name === 'ended';
    this.#status.hidden = !lost && name !== 'connecting';
    byId('status-text', HTMLElement).textContent = lost ? text : 'Connecting…';
    byId('retry', HTMLButtonElement).hidden = !lost;
  }

  get #moderates() {
    const { core, schema } = this.#session;
    return core !== null && Boolean(schema.private.read(core.private).moderator);
  }

  /**
   * Sends a line, or does what a command of the page asks for.
   * @param {string} text
   * @returns {boolean} whether it has gone
   */
  #send(text) {
    const whisper = /^\/(?:w|whisper|msg) +(.*)$/u.exec(text);
    if (!this.#session.playing) {
      this.#note('Not sent: you are offline. Press Enter to try again.');
      return false;
    }
    if (whisper) return this.#whisper(whisper[1], text);
    if (/^\/mod /.test(text) && !this.#moderates) this.#tried = text;
    if (!this.#session.chat(text)) return false;
    this.#writer.sent(text);
    this.#pump();
    return true;
  }

  /** @param {string} command @param {string} text */
  #whisper(command, text) {
    // In a large room the list has not everybody; in a small one, who is not in it has left.
    const to = this.#people.find(command, this.#people.isPartial ? this.#log.all() : []);
    if (!to || !to.rest) {
      this.#note(to ? `Write what to whisper: /w ${to.name} hello` : 'Nobody here goes by that name: /w NAME hello');
      return false;
    }
    if (!this.#session.whisper(to.player, to.rest)) return false;
    this.#writer.sent(text);
    this.#pump();
    return true;
  }

  /**
   * What can be done about a line, or about somebody.
   * @param {HTMLElement} opener
   * @param {Partial<Line>} line
   */
  #openMenu(opener, { name = '', number, own, text, how }) {
    const me = own || name === this.#log.me;
    const moderates = this.#moderates;
    /** @type {(line: string) => () => void} */
    const say = (line) => () => this.#send(line) || this.#writer.begin(line);
    /** @type {[boolean, string, () => void][]} */
    const items = [
      [!me, `Whisper to ${name}`, () => this.#writer.begin(`/w ${name} `)],
      [!me, this.#muted.has(nameKey(name)) ? `Show ${name} again` : `Hide what ${name} says`, () => this.#mute(name)],
      [!me && number !== undefined, 'Report this line', () => this.#report(number ?? 0)],
      [text !== undefined, 'Copy this line', () => void copyText(text ?? '')],
      [moderates && number !== undefined && how === 'said', 'Remove this line', say(`/remove ${number}`)],
      [moderates && !me, `Mute ${name} for 10 minutes`, say(`/mute ${name} 10`)],
    ];
    this.#menu.open(opener, name, items.filter(([fits]) => fits).map(([, label, act]) => ({ label, act })));
  }

  /** @param {string} name */
  #mute(name) {
    this.#muted.toggle(nameKey(name));
    this.#log.remute();
    this.#people.redraw();
    this.#note(this.#muted.has(nameKey(name)) ? `You no longer see what ${name} says.` : `You see again what ${name} says.`);
  }

  /** @param {number} line */
  #report(line) {
    if (!this.#session.playing) return this.#note('Not reported: you are offline.');
    this.#session.report(line);
    this.#pump();
    this.#note('Reported: whoever runs this server can read the line.');
  }

  async #share() {
    const copied = await copyText(location.href);
    this.#note(copied ? 'The link to this room is copied.' : `The link to this room: ${location.href}`);
  }

  /** @param {string} text */
  #note(text) {
    this.#log.add({ how: 'note', text, at: new Date() });
  }

  /** A line came; while the page is hidden, its title says how many.
   * @param {string} name of who said it */
  #count(name) {
    if (!document.hidden || this.#muted.has(nameKey(name))) return;
    this.#unread += 1;
    this.#titled();
  }

  #seen() {
    this.#unread = 0;
    this.#titled();
  }

  #titled() {
    const unread = this.#unread > 0 ? `(${this.#unread}) ` : '';
    document.title = `${unread}#${this.#session.welcome?.room ?? ''} · Chat on Drumbeat`;
  }
}

const loading = byId('loading', HTMLElement);
const name = byId('name', HTMLInputElement);
const room = byId('wanted', HTMLInputElement);
const asked = new URLSearchParams(location.search);
room.value = asked.get('room') ?? '';
name.value = asked.get('name') ?? stored();
name.addEventListener('input', () => name.setCustomValidity(bytes(name.value.trim()) > NAME_BYTES_MAX ? 'The name is too long.' : ''));

/** @type {Promise<Page | null>} */
const ready = openSession({ core: fetch('core.wasm') }).then((session) => {
  // For the browser's console, and for tests.
  Object.assign(globalThis, { session });
  loading.textContent = '';
  return new Page(session);
}).catch((error) => {
  loading.textContent = error instanceof Error ? error.message : String(error);
  return null;
});

async function join() {
  store(name.value.trim());
  (await ready)?.join(name.value.trim(), room.value.trim());
}

byId('join', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void join();
});
void ready.then((page) => {
  const place = page?.place;
  if (place && (room.value === '' || room.value === place.room)) page.join(place.name, room.value);
  else if (asked.has('name')) void join();
});

function stored() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

/** @param {string} name */
function store(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // A browser that stores nothing.
  }
}
