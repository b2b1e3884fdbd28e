// A WebSocket that reconnects: one connection at a time, with growing waits between attempts.

import { Backoff } from './backoff.js';
import { closing } from './closing.js';

/** A connection that held this long was good: the waits become short again. */
const GOOD_MS = 10_000;
/** Limit of silence before a server counts as gone; TCP itself takes minutes to notice. */
const SILENT_MS_MAX = 8_000;
/** A timer this late was held up with the whole page. */
const DEAF_MS = 1_000;
/** A connection without a hello is closed this long after it has opened: a server waits 5 s for one, unless it is
 * set otherwise, and counts who says none as refused. */
const UNUSED_MS_MAX = 4_000;
/** Time limit of the readiness probe; a slower server counts as not ready. */
const PROBE_MS_MAX = 4_000;

/** The WebSocket subprotocol. */
const PROTOCOL = 'drumbeat.v1';
/** The close code of an end that was meant (RFC 6455, 7.4.1). */
const MEANT = 1000;

/** @typedef {import('./types.js').State} State */

/**
 * The callbacks of a connection.
 * @typedef {object} Listener
 * @property {() => void} open
 * @property {(bytes: Uint8Array) => void} message
 * @property {(state: State) => void} state
 */

/**
 * Whether a server accepts players.
 * @typedef {object} Readiness
 * @property {boolean} ready
 * @property {string} [refusal] why it never accepts those of this page
 */

/** A connection that was opened ahead, the room that its path names, and what closes it if nobody takes it.
 * @typedef {{socket: WebSocket, room: string, timer?: ReturnType<typeof setTimeout>}} Dialled */

/**
 * Opens a WebSocket.
 * @param {string} to
 * @param {string} room
 * @returns {Dialled}
 */
function dial(to, room) {
  const url = new URL(to);
  // Another name no room can have, which the server says in answer to the hello.
  if (/^[\w-]+$/.test(room)) url.pathname += `/${room}`;
  return { socket: new WebSocket(url, [PROTOCOL]), room };
}

/**
 * Opens a WebSocket before there is anything to say, and closes it again if that takes too long.
 * @param {string} to
 * @param {string} room
 * @returns {Dialled}
 */
export function dialAhead(to, room) {
  const dialled = dial(to, room);
  const { socket } = dialled;
  socket.onopen = () => (dialled.timer = setTimeout(() => socket.close(MEANT), UNUSED_MS_MAX));
  return dialled;
}

/** One connection at a time; retries by itself where that is right. */
export class Socket {
  #url;
  #on;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #openedAt = 0;
  #probe;
  /** The room that the path names, if any, so that a balancer leads friends to the same server. */
  room = '';
  /** The connection to take next, if it leads to that room and is still there.
   * @type {Dialled | null} */
  dialled = null;
  /** Whether the server reported after the last attempt that it accepts players. */
  #ready = false;
  #dropped = 0;

  /**
   * @param {string} url
   * @param {Listener} on
   * @param {Backoff} [backoff]
   * @param {(url: string) => Promise<Readiness>} [probe] whether the server of the WebSocket
   *   accepts players at the moment
   */
  constructor(url, on, backoff = new Backoff(), probe = askReady) {
    this.#url = url;
    this.#on = on;
    this.#backoff = backoff;
    this.#probe = probe;
  }

  /** Connects now, and drops a previous connection. */
  connect() {
    this.#drop();
    this.#on.state({ name: 'connecting' });
    const socket = this.#dial();
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#listen();
      this.#openedAt = performance.now();
      this.#ready = false;
      this.#on.state({ name: 'open' });
      this.#on.open();
    };
    socket.onmessage = ({ data }) => {
      this.#listen();
      this.#on.message(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
    this.#socket = socket;
    this.#listen();
    if (socket.readyState === WebSocket.OPEN) socket.onopen(new Event('open'));
  }

  /** The connection that was opened ahead, if it will do, or a new one. */
  #dial() {
    const { dialled } = this;
    this.dialled = null;
    clearTimeout(dialled?.timer);
    if (dialled && dialled.room === this.room && dialled.socket.readyState <= WebSocket.OPEN) return dialled.socket;
    dialled?.socket.close();
    return dial(this.#url, this.room).socket;
  }

  /**
   * Sends a message, or drops it unless the connection is open.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  send(bytes) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  /**
   * Drops this connection and tries another.
   * @param {string} text the reason, as a sentence
   * @param {string} [why] the reason in a word
   */
  fail(text, why = 'broken') {
    this.#drop();
    this.#wait({ text, why }, 0);
  }

  /** Ends the connection for good: the server keeps no place. */
  close() {
    this.#drop(MEANT);
  }

  /** Fails the connection unless a message arrives in time. */
  #listen() {
    clearTimeout(this.#timer);
    const due = performance.now() + SILENT_MS_MAX;
    this.#timer = setTimeout(() => {
      // If the page itself was frozen, it first has to read what has arrived.
      if (performance.now() > due + DEAF_MS) this.#listen();
      else this.fail('The server does not answer.', 'silent');
    }, SILENT_MS_MAX);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  async #closed(code, reason) {
    const opened = this.#openedAt > 0;
    const verdict = closing(code, reason, opened);
    this.#drop();
    if (code === 1006 && !opened && await this.#refused()) return;
    const { then, text, wait, offer, asked, why } = verdict;
    if (then === 'retry') this.#wait({ text, why, then: offer, asked }, wait);
    else this.#on.state({ name: 'ended', then, text, why });
  }

  /**
   * A browser does not say why a connection never opened, so this asks the server. It ends the
   * attempts if the server refuses pages of this address, or if it is ready but accepts no
   * connection of this page twice in a row (after one failure, it may have become ready in
   * between). Returns whether it ended them, or the answer came too late to matter.
   */
  async #refused() {
    const dropped = this.#dropped;
    const { ready, refusal } = await this.#probe(this.#url);
    if (dropped !== this.#dropped) return true;
    const again = ready && this.#ready;
    this.#ready = ready;
    if (refusal) this.#on.state({ name: 'ended', then: 'ask', text: `The server refuses this page: ${refusal}.`, why: 'page' });
    else if (again) this.#on.state({ name: 'ended', then: 'reload', text: 'The server refuses this page; reload it.', why: 'old' });
    return Boolean(refusal) || again;
  }

  /**
   * @param {Partial<State>} state what happened, and what to offer meanwhile
   * @param {number} floor milliseconds
   */
  #wait(state, floor) {
    const delay = this.#backoff.next(floor);
    this.#on.state({ then: 'wait', asked: false, ...state, name: 'waiting', until: performance.now() + delay });
    this.#timer = setTimeout(() => this.connect(), delay);
  }

  /** @param {number} [code] */
  #drop(code) {
    this.#dropped += 1;
    clearTimeout(this.#timer);
    if (this.#openedAt && performance.now() - this.#openedAt > GOOD_MS) this.#backoff.reset();
    this.#openedAt = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }
}

/**
 * Asks the HTTP server beside the WebSocket, naming this page's address; a page of any address may
 * read why it is refused. It does not ask /healthz, which also succeeds on a server that is full or
 * shutting down.
 * @param {string} url
 * @returns {Promise<Readiness>}
 */
async function askReady(url) {
  const asked = new URL('readyz', url.replace(/^ws/, 'http'));
  asked.searchParams.set('page', globalThis.origin);
  try {
    const answer = await fetch(asked, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS_MAX) });
    // A proxy that refuses answers with an HTML page.
    const explained = answer.status === 403 && /^text\/plain/.test(answer.headers.get('content-type') ?? '');
    return { ready: answer.ok, refusal: explained ? (await answer.text()).trim() : undefined };
  } catch {
    return { ready: false };
  }
}
