// One player's session: joins the core and the socket, over as many connections as it takes.

import { CoreError } from './core.js';
import { ALL_ON, PERFECT } from './link.js';
import { Socket } from './socket.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./types.js').Welcome} Welcome */
/** @typedef {import('./types.js').Notice} Notice */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./link.js').Switches} Switches */

/**
 * What a session tells; leave out what is not wanted.
 * @typedef {object} SessionListener
 * @property {(welcome: Welcome) => void} [welcome] a connection has joined a room: all that was known
 *   of the world before is void
 * @property {(notice: Notice) => void} [notice] an event, a line of chat, or how many were missed
 * @property {(now: number) => void} [frame] a frame of the server has been taken
 * @property {(state: State) => void} [state] how the connection is has changed
 */

/** Whom a spectator watches: the game's leader, a player by id, or a place in world grid units.
 * @typedef {'leader' | number | {x: number, y: number}} Watched */

/** Made by `openSession`. */
export class Session {
  #newCore;
  #socket;
  #disposed = new AbortController();
  #link = '';
  /** @type {import('./link.js').Link} */
  #conditions = PERFECT;
  /** @type {Readonly<Switches>} */
  #switches = ALL_ON;
  /** The core of this connection, or null before there is one.
   * @type {Core | null} */
  core = null;
  /** The server's welcome to this connection.
   * @type {Welcome | null} */
  welcome = null;
  /** How the connection is.
   * @type {State} */
  state = { name: 'title' };
  /** Whether frames are coming in. */
  playing = false;
  /** What was asked for when joining. */
  name = '';
  room = '';
  spectate = false;

  /**
   * @param {string} url of the WebSocket
   * @param {() => Core} newCore
   * @param {SessionListener} on
   */
  constructor(url, newCore, on) {
    this.#newCore = newCore;
    /** Who is told; may be another one later. */
    this.on = on;
    this.#socket = new Socket(url, 'drumbeat.v1', {
      open: () => this.#open(),
      message: (bytes) => this.#message(bytes),
      state: (state) => this.#state(state),
    });
  }

  /**
   * Joins; a connection that there was before is given up.
   * @param {{name?: string, room?: string, spectate?: boolean}} [wanted] an empty name and an empty
   *   room leave the choice to the server; a spectator takes no player's place
   */
  join({ name = '', room = '', spectate = false } = {}) {
    this.name = name;
    this.room = room;
    this.spectate = spectate;
    this.#socket.connect();
  }

  /** Tries again at once. */
  retry() {
    this.#socket.connect();
  }

  /** The network or the player is back: a connection that waits to be tried again is tried at once. */
  hurry() {
    if (this.state.name === 'waiting') this.retry();
  }

  /** The page is about to stop running: leaves, so that nobody stands in the room for a player who is
   * not there, and joins again when it runs on, by itself or at once by `hurry`. */
  suspend() {
    if (this.state.name !== 'title' && this.state.name !== 'ended') this.#socket.fail('The page was in the background.');
  }

  /** Ends with the session: for whoever listens for it elsewhere. */
  get disposed() {
    return this.#disposed.signal;
  }

  /** Leaves, and is no longer told of the page and the network. */
  dispose() {
    this.leave();
    this.#disposed.abort();
  }

  /** Leaves for good. */
  leave() {
    this.#socket.close();
    this.core = this.welcome = null;
    this.#state({ name: 'title' });
  }

  /**
   * Moves on: call it for every frame of the screen, and a few times a second while the page is
   * hidden (`run` does), before anything is drawn.
   * @param {number} now milliseconds of `performance.now`
   * @param {Uint8Array} [controls] what the player holds right now, encoded as the game does
   * @param {number} [changedAt] when they became what they are, for the figures of the feel
   */
  pump(now, controls, changedAt = now) {
    if (!this.core) return;
    this.#deliver(now);
    if (controls && this.playing && !this.spectate) this.core?.hold(controls, Math.min(changedAt, now));
    this.#transmit(now);
  }

  /**
   * Says something to the room.
   * @param {string} text
   * @returns {boolean} whether there was something to say, and somebody to say it to
   */
  chat(text) {
    return this.playing && this.core !== null && this.core.chat(text);
  }

  /**
   * Chooses what a spectator sees.
   * @param {Watched} target
   */
  watch(target) {
    if (this.playing && this.spectate) this.core?.watch(target);
  }

  /**
   * Puts conditions on the link, at once and for connections to come.
   * @param {string} text such as `100ms,jitter=30ms,stall=1%x250ms,kbps=500`; empty for none
   * @throws {CoreError} when it is not understood; its message says why
   */
  setLink(text) {
    // Before there is a connection, another core says whether the text is right.
    this.#conditions = (this.core ?? this.#newCore()).setLink(text);
    this.#link = text;
  }

  /** The conditions on the link, in numbers. */
  get conditions() {
    return this.#conditions;
  }

  /** The conditions on the link. */
  get link() {
    return this.#link;
  }

  /**
   * Turns parts of the netcode on and off, at once and for connections to come.
   * @param {Switches} switches
   */
  setSwitches(switches) {
    this.#switches = { ...switches };
    this.core?.setSwitches(this.#switches);
  }

  /** Which parts of the netcode are on. */
  get switches() {
    return this.#switches;
  }

  #open() {
    this.core = this.#newCore();
    this.welcome = null;
    this.core.setLink(this.#link);
    this.core.setSwitches(this.#switches);
    this.core.connect(this.name, this.room, this.spectate);
    this.#transmit(performance.now());
  }

  /** @param {Uint8Array} bytes */
  #message(bytes) {
    const now = performance.now();
    this.#guarded((core) => core.receive(bytes, now));
    // A hidden page is seldom asked to move on otherwise.
    this.#deliver(now);
  }

  /**
   * Takes what the link has let through.
   * @param {number} now
   */
  #deliver(now) {
    for (let what = this.#guarded((core) => core.deliver(now)); what; what = this.#guarded((core) => core.deliver(now))) {
      if (what === 'welcome') this.#welcomed();
      else this.#framed(now);
    }
  }

  /**
   * Calls the core; a message that it refuses ends the connection.
   * @template T
   * @param {(core: Core) => T} call
   * @returns {T | null}
   */
  #guarded(call) {
    if (!this.core) return null;
    try {
      return call(this.core);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      console.error('drumbeat:', error);
      this.#socket.fail(`The connection was given up: ${error.message}.`);
      return null;
    }
  }

  #welcomed() {
    if (!this.core) return;
    this.welcome = this.core.welcome();
    if (this.welcome) this.on.welcome?.(this.welcome);
  }

  /** @param {number} now */
  #framed(now) {
    if (!this.playing) {
      this.playing = true;
      this.state = { name: 'playing' };
      this.on.state?.(this.state);
    }
    this.#transmit(now);
    for (const notice of this.core?.notices() ?? []) this.on.notice?.(notice);
    this.on.frame?.(now);
  }

  /** @param {number} now */
  #transmit(now) {
    const { core } = this;
    for (let bytes = core?.transmit(now); bytes; bytes = core?.transmit(now)) this.#socket.send(bytes);
  }

  /** @param {State} state */
  #state(state) {
    this.state = state;
    this.playing = false;
    if (state.name !== 'open') this.core = null;
    this.on.state?.(state);
  }
}
