// One player's session: joins the core and the socket, over as many connections as it takes.

import { Socket } from './socket.js';

/**
 * Calls `on.welcome(welcome)`, `on.notice(notice)`, `on.frame(now)` and `on.state(state)`, with the
 * states of the socket and `{name: 'playing'}` from the first frame on.
 */
export class Session {
  #newCore;
  #on;
  #socket;
  /** The core of this connection, or null before there is one. */
  core = null;
  /** The server's welcome to this connection. */
  welcome = null;
  /** Whether frames are coming in. */
  playing = false;
  name = '';
  room = '';

  constructor(url, newCore, on) {
    this.#newCore = newCore;
    this.#on = on;
    this.#socket = new Socket(url, 'drumbeat.v1', {
      open: () => this.#open(),
      message: (bytes) => this.#message(bytes),
      state: (state) => this.#state(state),
    });
  }

  /** Joins under this name; an empty room leaves the choice to the server. */
  join(name, room) {
    this.name = name;
    this.room = room;
    this.#socket.connect();
  }

  /** Tries again at once, on request in any room. */
  retry(elsewhere = false) {
    if (elsewhere) this.room = '';
    this.#socket.connect();
  }

  /** Leaves for good. */
  leave() {
    this.playing = false;
    this.#socket.close();
  }

  /**
   * Takes what has come through and sends what is due; `controls()` gives the game's controls as
   * they are at this moment, encoded. To be called for every frame of the screen.
   */
  pump(now, controls) {
    if (!this.core) return;
    this.#deliver(now);
    if (this.playing) this.core.hold(controls(), now);
    this.#transmit(now);
  }

  /** Says something to the room. */
  chat(text) {
    if (this.playing) this.core.chat(text);
  }

  #open() {
    this.core = this.#newCore();
    this.welcome = null;
    this.core.connect(this.name, this.room);
    this.#transmit(performance.now());
  }

  #message(bytes) {
    const now = performance.now();
    try {
      this.core.receive(bytes, now);
    } catch (error) {
      return this.#fail(error);
    }
    this.#deliver(now);
  }

  #deliver(now) {
    try {
      for (let received = this.core.deliver(now); received; received = this.core.deliver(now)) {
        if (received === 'welcome') this.#welcomed();
        else this.#framed(now);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    console.error('drumbeat:', error);
    this.#socket.fail('The connection was out of step.');
  }

  #welcomed() {
    this.welcome = this.core.welcome();
    this.#on.welcome(this.welcome);
  }

  #framed(now) {
    if (!this.playing) {
      this.playing = true;
      this.#on.state({ name: 'playing' });
    }
    this.#transmit(now);
    for (const notice of this.core.notices()) this.#on.notice(notice);
    this.#on.frame(now);
  }

  #transmit(now) {
    for (let bytes = this.core.transmit(now); bytes; bytes = this.core.transmit(now)) {
      this.#socket.send(bytes);
    }
  }

  #state(state) {
    this.playing = false;
    if (state.name !== 'open') this.core = null;
    this.#on.state(state);
  }
}
