// What crosses the connections of a session: the core of each, which reads and writes its messages, the
// commands and the document.

import { Commands } from './commands.js';
import { CoreError } from './core.js';
import { Records } from './records.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./types.js').Notice} Notice */
/** @typedef {import('./types.js').Welcome} Welcome */

/**
 * The callbacks of an exchange.
 * @typedef {object} Listener
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void} send a message to the server
 * @property {(error: CoreError) => void} broken the core refuses a message of the server
 * @property {(welcome: Welcome) => void} welcome
 * @property {(core: Core) => void} frame a frame was applied; what it brought follows
 * @property {(notice: Notice) => void} notice any but those about commands
 * @property {(id: number, record: any) => void} record of the document has come or changed; null: is gone
 * @property {() => void} document all of it has arrived on this connection
 * @property {(now: number) => void} done with all that the frame brought
 */

/** One connection after the other; commands and document last over all of them. */
export class Exchange {
  #on;
  /** The core of this connection, or null before there is one.
   * @type {Core | null} */
  core = null;
  /** The server's welcome to this connection.
   * @type {Welcome | null} */
  welcome = null;
  commands = new Commands();
  records = new Records();
  /** Whether the messages that come are still of the room before. */
  #lags = false;

  /** @param {Listener} on */
  constructor(on) {
    this.#on = on;
  }

  /** The connection is lost. */
  drop() {
    this.core = null;
    this.#lags = false;
  }

  /** Another hello follows on this connection. */
  again() {
    this.core = null;
    this.#lags = true;
  }

  /**
   * Says hello.
   * @param {Core} core
   * @param {Parameters<Core['connect']>[0]} hello
   */
  greet(core, hello) {
    this.core = core;
    this.welcome = null;
    core.connect(hello);
    this.records.restart();
    this.transmit(performance.now());
  }

  /**
   * The session leaves the room to which commands and document belong.
   * @param {string} why
   */
  forget(why) {
    this.commands.drop(why);
    this.records.clear();
  }

  /**
   * Sends a command, now or on the next connection.
   * @param {any} command
   */
  command(command) {
    const sent = this.commands.send(command, this.welcome && this.core);
    this.transmit(performance.now());
    return sent;
  }

  /** @param {Uint8Array} bytes */
  receive(bytes) {
    const now = performance.now();
    if (this.#lags && !this.core?.isWelcome(bytes)) return;
    this.#lags = false;
    this.#guarded((core) => core.receive(bytes, now));
    // A hidden page rarely draws.
    this.deliver(now);
  }

  /**
   * Takes the messages that have crossed the link.
   * @param {number} now
   */
  deliver(now) {
    for (let what = this.#guarded((core) => core.deliver(now)); what; what = this.#guarded((core) => core.deliver(now))) {
      if (what === 'welcome') this.#welcomed();
      else this.#framed(now);
    }
  }

  /** @param {number} now */
  transmit(now) {
    const { core } = this;
    for (let bytes = core?.transmit(now); bytes; bytes = core?.transmit(now)) this.#on.send(bytes);
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
      this.#on.broken(error);
      return null;
    }
  }

  #welcomed() {
    if (!this.core) return;
    this.welcome = this.core.welcome();
    if (!this.welcome) return;
    this.commands.resend(this.core, this.welcome.resumed);
    this.#on.welcome(this.welcome);
  }

  /** @param {number} now */
  #framed(now) {
    if (this.core) this.#on.frame(this.core);
    this.transmit(now);
    for (const notice of this.core?.notices() ?? []) this.commands.take(notice) || this.#on.notice(notice);
    const whole = this.core && this.records.take(this.core, this.#on.record);
    if (whole) this.#on.document();
    this.#on.done(now);
  }
}
