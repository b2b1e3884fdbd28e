// The live room behind the title: the session watches it until somebody plays. Where it can't, the
// title stands before an empty sky, and nothing is said of it.

/** Nobody looks at a title for longer: the seat of a spectator is given back. */
const IDLE_MS = 120_000;

/** @typedef {import('../net/types.js').State} State */

export class Preview {
  #session;
  #wanted;
  #on = false;
  /** Whether it goes on when somebody comes back to the title. */
  #pauses = false;
  #room = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when it begins or ends. */
  changed = () => {};

  /**
   * @param {import('../net/index.js').Session} session
   * @param {() => boolean} wanted whether the title is there and something may move behind it
   */
  constructor(session, wanted) {
    this.#session = session;
    this.#wanted = wanted;
    for (const name of ['pointerdown', 'pointermove', 'focusin', 'input']) addEventListener(name, () => this.#seen(), { passive: true });
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#stop(true) : this.#seen()));
  }

  /** Whether the session serves the title. */
  get on() {
    return this.#on;
  }

  /**
   * Watches a room.
   * @param {string} room empty for the one that the server chooses
   */
  start(room) {
    this.#room = room;
    if (!this.#wanted()) return;
    // A tab that is opened in the background waits until somebody looks.
    if (document.hidden) return void (this.#pauses = true);
    this.#set(true);
    this.#session.join({ room, spectate: true });
  }

  /** The session is needed for a game: it goes on over the same connection if it can. */
  end() {
    this.#set(false);
  }

  /**
   * Takes a state of the session.
   * @param {State} state
   * @returns {boolean} whether it is of no concern to the player
   */
  takes(state) {
    // Playing would fail as well.
    if (!this.#on || (state.name === 'ended' && state.then === 'reload')) return false;
    // No seat, a ticket needed, banned: whoever plays is told.
    if (state.name === 'ended') this.#stop(false);
    return true;
  }

  /** Somebody is at the title, perhaps again. */
  #seen() {
    if (this.#on) this.#wait();
    else if (this.#pauses && this.#wanted()) this.start(this.#room);
  }

  /** @param {boolean} pauses */
  #stop(pauses) {
    if (!this.#on) return;
    this.#set(false);
    this.#pauses = pauses;
    this.#session.leave();
  }

  /** @param {boolean} on */
  #set(on) {
    this.#on = on;
    this.#pauses = false;
    clearTimeout(this.#timer);
    if (on) this.#wait();
    this.changed();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop(true), IDLE_MS);
  }
}

/**
 * Whether something may move behind the title: not for those who want less motion, or save data.
 * @param {{matches: boolean}} calm
 */
export function mayMove(calm) {
  return !calm.matches && /** @type {any} */ (navigator).connection?.saveData !== true;
}
