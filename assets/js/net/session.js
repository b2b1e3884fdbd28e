// One player's session: connects the core and the socket, over any number of connections.

import { Commands } from './commands.js';
import { CoreError } from './core.js';
import { Holding } from './holding.js';
import { ALL_ON, PERFECT } from './link.js';
import { Place } from './place.js';
import { Records } from './records.js';
import { Socket } from './socket.js';
import { Tickets } from './ticket.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./types.js').Welcome} Welcome */
/** @typedef {import('./types.js').Notice} Notice */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').SessionListener} SessionListener */
/** @typedef {import('./types.js').Held} Held */
/** @typedef {import('./link.js').Switches} Switches */

/** What a spectator watches: the game's leader, a player by id, or a place in world grid units.
 * @typedef {'leader' | number | {x: number, y: number}} Watched */

/** A server has three other hellos on one connection in this time, with their tickets. */
const GREETINGS_MS = 30_000;
/** The times of three hellos that were not said. */
const NEVER = [-Infinity, -Infinity, -Infinity];

/** Created by `openSession`. */
export class Session {
  #newCore;
  #socket;
  #place;
  #tickets;
  #disposed = new AbortController();
  /** @type {import('./schema.js').Schema | null} */
  #schema = null;
  #link = '';
  /** @type {import('./link.js').Link} */
  #conditions = PERFECT;
  /** @type {Readonly<Switches>} */
  #switches = ALL_ON;
  #holding = new Holding();
  /** The core of this connection, or null before there is one.
   * @type {Core | null} */
  core = null;
  /** The server's welcome to this connection.
   * @type {Welcome | null} */
  welcome = null;
  /** The state of the connection.
   * @type {State} */
  state = { name: 'title' };
  /** Whether frames are coming in. */
  playing = false;
  /** Whether those that come are still of the room before. */
  #lags = false;
  /** When the last three other hellos were said on this connection. */
  #greeted = NEVER;
  #commands = new Commands();
  #records = new Records();
  /** What `join` asked for. */
  name = '';
  room = '';
  spectate = false;

  /**
   * @param {string} url of the WebSocket
   * @param {() => Core} newCore
   * @param {SessionListener} on
   * @param {import('./ticket.js').TicketSource} [ticket]
   * @param {import('./socket.js').Dialled | null} [dialled] a connection that `join` may take
   */
  constructor(url, newCore, on, ticket = '', dialled = null) {
    this.#newCore = newCore;
    this.#place = new Place(url);
    this.#tickets = new Tickets(ticket);
    /** The callbacks; may be replaced later. */
    this.on = on;
    this.#socket = new Socket(url, {
      open: () => this.#open(),
      message: (bytes) => this.#message(bytes),
      state: (state) => this.#state(state),
    });
    this.#socket.dialled = dialled;
  }

  /** The schema of the game: what each number of a picture means. */
  get schema() {
    return (this.#schema ??= this.#newCore().schema());
  }

  /** The room's document: its records by id.
   * @type {ReadonlyMap<number, any>} */
  get records() {
    return this.#records.all;
  }

  /** Whether all of the document has arrived on this connection. */
  get hasDocument() {
    return this.#records.whole;
  }

  /** Where the player can go on after the page was loaded again, if anywhere: what to join with.
   * @returns {{room: string, name: string} | null} */
  get place() {
    return this.#place.open;
  }

  /** How many commands the rules have not yet taken. */
  get unsent() {
    return this.#commands.size;
  }

  /**
   * Joins. Whoever plays or looks on in the same room takes the other role, or another name, on the same
   * connection, if the server will have another hello; else a previous connection is dropped.
   * @param {{name?: string, room?: string, spectate?: boolean, ticket?: import('./ticket.js').TicketSource}} [wanted]
   *   an empty name or room leaves the choice to the server; a spectator takes no player's seat; a
   *   ticket, or what gets one, replaces the one of `openSession`
   */
  join({ name = '', room = '', spectate = false, ticket = this.#tickets.source } = {}) {
    this.#tickets.source = ticket;
    this.#tickets.restart();
    const moves = room !== this.room && room !== this.welcome?.room;
    const changes = this.state.name !== 'title' && (moves || spectate !== this.spectate || name !== this.name);
    const mayGreet = performance.now() - this.#greeted[0] > GREETINGS_MS;
    const stays = changes && !moves && this.playing && mayGreet;
    if (changes) {
      // Nobody comes back to that place.
      if (!stays) this.#socket.close();
      if (!this.spectate) this.#place.forget();
    }
    if (moves) {
      // What waits and what is known belongs to another room.
      this.#commands.drop('the session has gone to another room');
      this.#records.clear();
    }
    this.name = name;
    this.room = room;
    this.spectate = spectate;
    const path = this.#held()?.path ?? room;
    if (stays && (this.#socket.room === '' || this.#socket.room === path)) return this.#again();
    this.#socket.room = path;
    this.#socket.connect();
  }

  /** Says another hello on the same connection. */
  #again() {
    this.core = null;
    this.#lags = true;
    this.#greeted = [...this.#greeted.slice(1), performance.now()];
    this.#state({ name: 'open' });
    this.#open();
  }

  /** Tries again at once. */
  retry() {
    this.#socket.connect();
  }

  /** Retries a waiting connection at once, because the network or the player is back; not before the
   * time that the server has asked for. */
  hurry() {
    const { name, asked, until = 0 } = this.state;
    if (name === 'waiting' && !(asked && performance.now() < until)) this.retry();
  }

  /** Closes the connection before the page stops running: nobody flies on with the controls held last.
   * It connects again when the page resumes, by itself or at once by `hurry`. */
  suspend() {
    if (!['title', 'waiting', 'ended'].includes(this.state.name)) this.#socket.fail('The page was in the background.');
  }

  /** Aborts with the session: a signal for listeners elsewhere. */
  get disposed() {
    return this.#disposed.signal;
  }

  /** Leaves, and stops listening to the page and the network. */
  dispose() {
    this.leave();
    this.#disposed.abort();
  }

  /** Leaves for good. */
  leave() {
    this.#socket.close();
    this.#place.forget();
    this.core = this.welcome = null;
    this.#commands.drop('the session has ended');
    this.#records.clear();
    this.#state({ name: 'title' });
  }

  /**
   * Advances the session: call it before drawing for every picture, and a few times a second while
   * the page is hidden (`run` does both).
   * @param {number} now milliseconds of `performance.now`
   * @param {Held | Uint8Array} [controls] the held controls by name, or in the game's encoding. A
   *   mistake in them is a warning in the console, once for each control; the game goes on
   * @param {number} [changedAt] when they last changed, for the feel figures
   */
  pump(now, controls, changedAt = now) {
    if (!this.core) return;
    this.#deliver(now);
    if (controls && this.playing && !this.spectate) this.#holding.hold(this.core, this.schema, controls, Math.min(changedAt, now));
    this.#transmit(now);
  }

  /**
   * Sends a text to the room.
   * @param {string} text
   * @returns {boolean} whether there is anything to send and a connection to send it on
   */
  chat(text) {
    return this.playing && this.core !== null && this.core.chat(text);
  }

  /**
   * Sends a text to one player, as `chat`.
   * @param {number} to
   * @param {string} text
   */
  whisper(to, text) {
    return this.playing && this.core !== null && this.core.whisper(to, text);
  }

  /**
   * Reports a chat line to whoever runs the server.
   * @param {number} line
   */
  report(line) {
    if (this.playing) this.core?.report(line);
  }

  /**
   * Sends a command to the rules, which take all of them in order; while there is no connection it
   * waits for the next one. It reaches them once, even if the connection is lost meanwhile, unless the
   * server gives the player's place up: then it may reach them twice, as another player's.
   * @param {any} command `{Note: {x: 3, text: 'hello'}}` for the variant `Note` of an enum, its name
   *   alone if it has no data
   * @returns {Promise<void>} fulfilled once the rules have taken it; rejected if it is no command,
   *   if they refuse it, or if the session leaves or goes to another room: the error says why
   */
  send(command) {
    const sent = this.#commands.send(command, this.welcome && this.core);
    this.#transmit(performance.now());
    return sent;
  }

  /**
   * Sets what a spectator watches.
   * @param {Watched} target
   */
  watch(target) {
    if (this.playing && this.spectate) this.core?.watch(target);
  }

  /**
   * Applies link conditions, to this and to later connections.
   * @param {string} text such as `100ms,jitter=30ms,stall=1%x250ms,kbps=500`; empty for none
   * @throws {CoreError} when it is invalid; the message says why
   */
  setLink(text) {
    // Without a connection, another core checks the text.
    this.#conditions = (this.core ?? this.#newCore()).setLink(text);
    this.#link = text;
  }

  /** The link conditions in numbers. */
  get conditions() {
    return this.#conditions;
  }

  /** The link conditions as text. */
  get link() {
    return this.#link;
  }

  /**
   * Turns parts of the netcode on or off, for this and for later connections.
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

  /** The place to go on in, if there is one. */
  #held() {
    return this.spectate ? null : this.#place.in(this.room, this.name);
  }

  /** The connection is ready for a hello. */
  #open() {
    const opened = this.state;
    this.#tickets.get(
      (ticket) => this.state === opened && this.#greet(ticket),
      (error) => this.state === opened && this.#socket.fail(`There is no ticket: ${error.message}.`),
    );
  }

  /** @param {string} ticket */
  #greet(ticket) {
    this.core = this.#newCore();
    this.welcome = null;
    this.core.setLink(this.#link);
    this.core.setSwitches(this.#switches);
    const place = this.#held();
    this.core.connect({ name: this.name, room: place?.room ?? this.room, spectate: this.spectate, ticket, place });
    this.#records.restart();
    this.#transmit(performance.now());
  }

  /** @param {Uint8Array} bytes */
  #message(bytes) {
    const now = performance.now();
    if (this.#lags && !this.core?.isWelcome(bytes)) return;
    this.#lags = false;
    this.#guarded((core) => core.receive(bytes, now));
    // A hidden page rarely calls `pump`.
    this.#deliver(now);
  }

  /**
   * Takes the messages that have crossed the link.
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
    if (!this.welcome) return;
    this.#tickets.restart();
    if (!this.spectate) this.#place.take(this.welcome, this.name, this.#socket.room);
    this.#commands.resend(this.core, this.welcome.resumed);
    this.on.welcome?.(this.welcome);
  }

  /** @param {number} now */
  #framed(now) {
    if (!this.playing) {
      this.playing = true;
      this.state = { name: 'playing' };
      this.on.state?.(this.state);
    }
    this.#place.alive(this.core?.tick ?? 0);
    this.#transmit(now);
    for (const notice of this.core?.notices() ?? []) this.#notice(notice);
    const whole = this.core && this.#records.take(this.core, (id, record) => this.on.record?.(id, record));
    if (whole) this.on.document?.();
    this.on.frame?.(now);
  }

  /** @param {Notice} notice */
  #notice(notice) {
    if (notice.taken) this.#commands.taken(notice.taken.number);
    else if (notice.refused?.number) this.#commands.refused(notice.refused.number, notice.refused.reason);
    else {
      if (notice.ticket_ends) this.#renew();
      this.on.notice?.(notice);
    }
  }

  /** Brings a fresh ticket, if there is a way to get one. */
  #renew() {
    if (typeof this.#tickets.source === 'string') return;
    const { core } = this;
    const warn = (/** @type {Error} */ { message }) => console.warn(`drumbeat: there is no new ticket: ${message}`);
    this.#tickets.get((ticket) => ticket && core === this.core && this.renew(ticket), warn, true);
  }

  /**
   * Brings another ticket of the same player before the one before ends, of which the notice
   * `ticket_ends` warns. A session whose ticket comes from a function does this by itself.
   * @param {string} ticket
   */
  renew(ticket) {
    if (typeof this.#tickets.source === 'string') this.#tickets.source = ticket;
    if (this.playing) this.core?.renew(ticket);
    this.#transmit(performance.now());
  }

  /** @param {number} now */
  #transmit(now) {
    const { core } = this;
    for (let bytes = core?.transmit(now); bytes; bytes = core?.transmit(now)) this.#socket.send(bytes);
  }

  /** @param {State} state */
  #state(state) {
    const lacksTicket = state.then === 'ticket';
    if (lacksTicket && this.#tickets.ask()) return this.#socket.connect();
    this.state = lacksTicket ? { ...state, then: 'ask' } : state;
    this.playing = false;
    if (state.name !== 'open') this.core = null;
    if (state.name === 'connecting') [this.#lags, this.#greeted] = [false, NEVER];
    if (state.name === 'ended' && !lacksTicket) {
      // A page that is loaded again goes on there.
      if (state.then !== 'reload') this.#place.forget();
      this.#commands.drop(state.text ?? 'the session has ended');
    }
    this.on.state?.(this.state);
  }
}
