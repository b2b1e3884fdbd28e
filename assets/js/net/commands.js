// The commands of a session until the rules have taken them, over any number of connections.

import { CoreError } from './core.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {{command: any, resolve: () => void, reject: (error: Error) => void, number: number}} Pending */

/** Limit of commands that wait, as the core's. */
const PENDING_MAX = 256;

/** What was sent, and what waits for a connection, oldest first. */
export class Commands {
  /** @type {Pending[]} */
  #pending = [];

  /** How many the rules have not yet taken. */
  get size() {
    return this.#pending.length;
  }

  /**
   * @param {any} command
   * @param {Core | null} core of the connection, if there is one with a welcome
   * @returns {Promise<void>} fulfilled once the rules have taken it, rejected if it can't be sent or
   *   they refuse it; the error says why
   */
  send(command, core) {
    return new Promise((resolve, reject) => {
      if (this.#pending.length >= PENDING_MAX) throw new Error(`${PENDING_MAX} commands wait already`);
      const pending = { command, resolve, reject, number: 0 };
      this.#pending.push(pending);
      this.#hand(pending, core);
    });
  }

  /**
   * Sends on a new connection, after its welcome, what the server lacks, in the same order.
   * @param {Core} core
   * @param {number | null} received the last command that it has of this player; null for a new one
   */
  resend(core, received) {
    for (const pending of [...this.#pending]) {
      const isThere = received !== null && pending.number > 0 && pending.number <= received;
      if (!isThere) this.#hand(pending, core);
    }
  }

  /**
   * Takes a notice that is about commands.
   * @param {import('./types.js').Notice} notice
   * @returns {boolean} whether it is
   */
  take({ taken, refused }) {
    if (taken) {
      for (const { resolve } of this.#remove(({ number }) => number > 0 && number <= taken.number)) resolve();
    } else if (refused?.number) {
      for (const { reject } of this.#remove(({ number }) => number === refused.number)) reject(new Error(refused.reason));
    }
    return Boolean(taken || refused?.number);
  }

  /** Gives up what waits.
   * @param {string} why */
  drop(why) {
    for (const { reject } of this.#remove(() => true)) reject(new Error(why));
  }

  /**
   * @param {Pending} pending
   * @param {Core | null} core
   */
  #hand(pending, core) {
    try {
      pending.number = core?.command(pending.command) ?? 0;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.#remove((other) => other === pending);
      pending.reject(error);
    }
  }

  /** @param {(pending: Pending) => boolean} which */
  #remove(which) {
    const gone = this.#pending.filter(which);
    this.#pending = this.#pending.filter((pending) => !gone.includes(pending));
    return gone;
  }
}
