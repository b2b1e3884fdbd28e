// How many more hellos a session may say on one connection.

/** A server has three other hellos on one connection in this time, with their tickets. */
const GREETINGS_MS = 30_000;
/** The times of three hellos that were not said. */
const NEVER = [-Infinity, -Infinity, -Infinity];

/** When the last three other hellos were said. */
export class Greetings {
  #said = NEVER;

  /** A new connection has heard none. */
  restart() {
    this.#said = NEVER;
  }

  /** @param {number} now */
  may(now) {
    return now - this.#said[0] > GREETINGS_MS;
  }

  /** @param {number} now */
  say(now) {
    this.#said = [...this.#said.slice(1), now];
  }
}
