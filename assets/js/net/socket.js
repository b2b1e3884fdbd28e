// A WebSocket that comes back: one connection at a time, with growing waits in between.

import { Backoff } from './backoff.js';
import { closing } from './closing.js';

/** A connection that held this long was a good one: the waits start short again. */
const GOOD_MS = 10_000;
/** A server that says nothing for so long is gone: TCP itself takes minutes to notice. */
const SILENT_MS_MAX = 8_000;
/** So late, a timer was held up with the whole page. */
const DEAF_MS = 1_000;
/** A server that takes longer to say whether it is ready counts as one that is not. */
const PROBE_MS_MAX = 4_000;

/** @typedef {import('./types.js').State} State */

/**
 * What is told of a connection.
 * @typedef {object} Listener
 * @property {() => void} open
 * @property {(bytes: Uint8Array) => void} message
 * @property {(state: State) => void} state
 */

/**
 * Whether a server takes players.
 * @typedef {object} Readiness
 * @property {boolean} ready
 * @property {string} [refusal] why it never takes those of this page
 */

/** One connection at a time; tries again by itself where that is right. */
export class Socket {
  #url;
  #protocol;
  #on;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #openedAt = 0;
  #probe;
  /** Whether the server said, after the last attempt, that it takes players. */
  #ready = false;
  #dropped = 0;

  /**
   * @param {string} url
   * @param {string} protocol the WebSocket subprotocol
   * @param {Listener} on
   * @param {Backoff} [backoff]
   * @param {(url: string) => Promise<Readiness>} [probe] whether the server of the WebSocket takes
   *   players at the moment
   */
  constructor(url, protocol, on, backoff = new Backoff(), probe = askReady) {
    this.#url = url;
    this.#protocol = protocol;
    this.#on = on;
    this.#backoff = backoff;
    this.#probe = probe;
  }

  /** Connects now, whatever was before. */
  connect() {
    this.#drop();
    this.#on.state({ name: 'connecting' });
    const socket = new WebSocket(this.#url, [this.#protocol]);
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
  }

  /**
   * Sends a message; it is dropped unless the connection is open.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  send(bytes) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  /**
   * Gives this connection up and tries another.
   * @param {string} text why, as a sentence
   */
  fail(text) {
    this.#drop();
    this.#wait(text, 0);
  }

  /** Ends the connection for good. */
  close() {
    this.#drop();
  }

  /** Gives up unless something is heard in time. */
  #listen() {
    clearTimeout(this.#timer);
    const due = performance.now() + SILENT_MS_MAX;
    this.#timer = setTimeout(() => {
      // Who could not listen either, as a page that was frozen, has to read first what has come.
      if (performance.now() > due + DEAF_MS) this.#listen();
      else this.fail('The server does not answer.');
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
    if (verdict.then === 'retry') this.#wait(verdict.text, verdict.wait, verdict.offer);
    else this.#on.state({ name: 'ended', then: verdict.then, text: verdict.text });
  }

  /**
   * A browser does not tell why a connection never opened: asks the server, and ends if it refuses
   * pages of this address; or if it is ready but takes no connection of this page, twice in a row:
   * it may have become ready in between. True too if the answer came too late to matter.
   */
  async #refused() {
    const dropped = this.#dropped;
    const { ready, refusal } = await this.#probe(this.#url);
    if (dropped !== this.#dropped) return true;
    const again = ready && this.#ready;
    this.#ready = ready;
    if (refusal) this.#on.state({ name: 'ended', then: 'ask', text: `The server refuses this page: ${refusal}.` });
    else if (again) this.#on.state({ name: 'ended', then: 'reload', text: 'The server refuses this page; reload it.' });
    return Boolean(refusal) || again;
  }

  /**
   * @param {string} text
   * @param {number} floor milliseconds
   * @param {'wait' | 'elsewhere'} [offer]
   */
  #wait(text, floor, offer = 'wait') {
    const delay = this.#backoff.next(floor);
    this.#on.state({ name: 'waiting', until: performance.now() + delay, then: offer, text });
    this.#timer = setTimeout(() => this.connect(), delay);
  }

  #drop() {
    this.#dropped += 1;
    clearTimeout(this.#timer);
    if (this.#openedAt && performance.now() - this.#openedAt > GOOD_MS) this.#backoff.reset();
    this.#openedAt = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/**
 * Asks beside the WebSocket, for a page of this address; why it is refused a page of any address may
 * read. Not /healthz: a server that is full or shutting down is in good health, and passes.
 * @param {string} url
 * @returns {Promise<Readiness>}
 */
async function askReady(url) {
  const asked = new URL('readyz', url.replace(/^ws/, 'http'));
  asked.searchParams.set('page', globalThis.origin);
  try {
    const answer = await fetch(asked, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS_MAX) });
    // A proxy that refuses by itself answers with a page.
    const explained = answer.status === 403 && /^text\/plain/.test(answer.headers.get('content-type') ?? '');
    return { ready: answer.ok, refusal: explained ? (await answer.text()).trim() : undefined };
  } catch {
    return { ready: false };
  }
}
