// One player's session: who joins, where and in which state, over any number of connections.

import { Conditions } from './conditions.js';
import { Exchange } from './exchange.js';
import { Greetings } from './greetings.js';
import { Holding } from './holding.js';
import { Place } from './place.js';
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

/** Created by `openSession`. */
export class Session {
  #newCore;
  #socket;
  #place;
  #tickets;
  #disposed = new AbortController();
  /** @type {import('./schema.js').Schema | null} */
  #schema = null;
  #conditions = new Conditions();
  #exchange;
  #greetings = new Greetings();
  #holding = new Holding();
  /** The state of the connection.
   * @type {State} */
  state = { name: 'title' };
  /** Whether frames are coming in. */
  playing = false;
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
      message: (bytes) => this.#exchange.receive(bytes),
      state: (state) => this.#state(state),
    });
    this.#socket.dialled = dialled;
    this.#exchange = new Exchange({
      send: (bytes) => this.#socket.send(bytes),
      broken: ({ message }) => this.#socket.fail(`The connection was given up: ${message}.`),
      welcome: (welcome) => this.#welcomed(welcome),
      frame: (core) => this.#framed(core),
      notice: (notice) => this.#notice(notice),
      record: (id, record) => this.on.record?.(id, record),
      document: () => this.on.document?.(),
      done: (now) => this.on.frame?.(now),
    });
  }

  /** The core of this connection, or null before there is one. */
  get core() {
    return this.#exchange.core;
  }

  /** The server's welcome to this connection. */
  get welcome() {
    return this.#exchange.welcome;
  }

  /** The schema of the game: what each number of a picture means. */
  get schema() {
    return (this.#schema ??= this.#newCore().schema());
  }

  /** The room's document: its records by id.
   * @type {ReadonlyMap<number, any>} */
  get records() {
    return this.#exchange.records.all;
  }

  /** Whether all of the document has arrived on this connection. */
  get hasDocument() {
    return this.#exchange.records.whole;
  }

  /** Where the player can go on after the page was loaded again, if anywhere: what to join with.
   * @returns {{room: string, name: string} | null} */
  get place() {
    return this.#place.open;
  }

  /** How many commands the rules have not yet taken. */
  get unsent() {
    return this.#exchange.commands.size;
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
    const stays = changes && !moves && this.playing && this.#greetings.may(performance.now());
    if (changes) {
      // Nobody comes back to that place.
      if (!stays) this.#socket.close();
      if (!this.spectate) this.#place.forget();
    }
    if (moves) this.#exchange.forget('the session has gone to another room');
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
    this.#exchange.again();
    this.#greetings.say(performance.now());
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
    this.#exchange.drop();
    this.#exchange.welcome = null;
    this.#exchange.forget('the session has ended');
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
    this.#exchange.deliver(now);
    if (controls && this.core && this.playing && !this.spectate) this.#holding.hold(this.core, this.schema, controls, Math.min(changedAt, now));
    this.#exchange.transmit(now);
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
    return this.#exchange.command(command);
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
    this.#conditions.setLink(text, this.core ?? this.#newCore());
  }

  /** The link conditions in numbers. */
  get conditions() {
    return this.#conditions.link;
  }

  /** The link conditions as text. */
  get link() {
    return this.#conditions.text;
  }

  /**
   * Turns parts of the netcode on or off, for this and for later connections.
   * @param {Switches} switches
   */
  setSwitches(switches) {
    this.#conditions.setSwitches(switches, this.core);
  }

  /** Which parts of the netcode are on. */
  get switches() {
    return this.#conditions.switches;
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
    const core = this.#newCore();
    this.#conditions.apply(core);
    const place = this.#held();
    this.#exchange.greet(core, { name: this.name, room: place?.room ?? this.room, spectate: this.spectate, ticket, place });
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    this.#tickets.restart();
    if (!this.spectate) this.#place.take(welcome, this.name, this.#socket.room);
    this.on.welcome?.(welcome);
  }

  /** @param {Core} core */
  #framed({ tick }) {
    if (!this.playing) {
      this.playing = true;
      this.state = { name: 'playing' };
      this.on.state?.(this.state);
    }
    this.#place.alive(tick);
  }

  /** @param {Notice} notice */
  #notice(notice) {
    const { core } = this;
    if (notice.ticket_ends) this.#tickets.renew((ticket) => core === this.core && this.renew(ticket));
    this.on.notice?.(notice);
  }

  /**
   * Brings another ticket of the same player before the one before ends, of which the notice
   * `ticket_ends` warns. A session whose ticket comes from a function does this by itself.
   * @param {string} ticket
   */
  renew(ticket) {
    if (typeof this.#tickets.source === 'string') this.#tickets.source = ticket;
    if (this.playing) this.core?.renew(ticket);
    this.#exchange.transmit(performance.now());
  }

  /** @param {State} state */
  #state(state) {
    const lacksTicket = state.then === 'ticket';
    if (lacksTicket && this.#tickets.ask()) return this.#socket.connect();
    this.state = lacksTicket ? { ...state, then: 'ask' } : state;
    this.playing = false;
    if (state.name !== 'open') this.#exchange.drop();
    if (state.name === 'connecting') this.#greetings.restart();
    if (state.name === 'ended' && !lacksTicket) {
      // A page that is loaded again goes on there.
      if (state.then !== 'reload') this.#place.forget();
      this.#exchange.commands.drop(state.text ?? 'the session has ended');
    }
    this.on.state?.(this.state);
  }
}
