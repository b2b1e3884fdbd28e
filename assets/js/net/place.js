// The player's place in a room while its connection is lost, across reloads of the page: what proves
// to the server who the player was.

const TOKEN_BYTES = 16;
/** Time between two notes that the page still plays. */
const ALIVE_MS = 1_000;

/** @typedef {import('./types.js').Welcome} Welcome */
/** How much longer than the server said a place is asked for: the two clocks start apart. */
const SLACK_MS = 5_000;

/** @typedef {{room: string, path: string, name: string, token: number[], tick: number, keep: number, alive: number}} Held
 *   `path` the room that the path of the WebSocket named, empty if none, so that a balancer leads back
 *   to the same server; `tick` the last that the player has received, `keep` in milliseconds, `alive` when the page last
 *   played, of `Date.now` */

/** One tab's place. It is stored with the tab, where the browser lets it. */
export class Place {
  #key;
  #storage;
  /** @type {Held | null} */
  #held = null;

  /**
   * @param {string} url of the server
   * @param {Storage | null} [storage]
   */
  constructor(url, storage = tabStorage()) {
    this.#key = `drumbeat.place ${url}`;
    this.#storage = storage;
    try {
      const held = JSON.parse(storage?.getItem(this.#key) ?? 'null');
      if (held?.token?.length === TOKEN_BYTES) this.#held = held;
    } catch {
      // What something else has stored there is no place.
    }
  }

  /** Where the player can still go on, if anywhere.
   * @returns {{room: string, name: string} | null} */
  get open() {
    return this.#held && this.#age < this.#held.keep ? this.#held : null;
  }

  /** Milliseconds since the page last played there. */
  get #age() {
    return Date.now() - (this.#held?.alive ?? 0);
  }

  /**
   * The place in a room under a name.
   * @param {string} room empty for any
   * @param {string} [name] empty for any
   * @returns {Held | null}
   */
  in(room, name = '') {
    const held = this.#held;
    if (!held || this.#age > held.keep + SLACK_MS) return null;
    return (room === '' || room === held.room) && (name === '' || name === held.name) ? held : null;
  }

  /**
   * @param {Welcome} welcome
   * @param {string} name that the player asked for
   * @param {string} path
   */
  take({ resume, room }, name, path) {
    if (!resume) return this.forget();
    this.#held = { room, path, name, token: resume.token, tick: 0, keep: resume.keep_s * 1000, alive: Date.now() };
    this.#store();
  }

  /** The page plays.
   * @param {number} tick of the newest frame */
  alive(tick) {
    if (!this.#held) return;
    this.#held.tick = tick;
    if (Date.now() < this.#held.alive + ALIVE_MS) return;
    this.#held.alive = Date.now();
    this.#store();
  }

  /** Gives the place up. */
  forget() {
    this.#held = null;
    this.#store();
  }

  #store() {
    try {
      if (this.#held) this.#storage?.setItem(this.#key, JSON.stringify(this.#held));
      else this.#storage?.removeItem(this.#key);
    } catch {
      // Full or forbidden: the place lasts as long as the page.
    }
  }
}

/** @returns {Storage | null} */
function tabStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
