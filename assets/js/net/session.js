// One player's session: joins the core and the socket, over as many connections as it takes.

import { Pulse } from './loop.js';
import { Socket } from './socket.js';

/** Without a frame for so long nothing is sent: all of it would arrive at once, as a flood. */
const QUIET_MS = 1_000;

/**
 * Calls `on.welcome(welcome)`, `on.notice(notice)`, `on.frame(now)` and `on.state(state)`, with the
 * states of the socket and `{name: 'playing'}` from the first frame on.
 */
export class Session {
  #newCore;
  #on;
  #socket;
  #pulse = null;
  #framedAt = 0;
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

  /** Sends the controls of every tick that is due; `controls()` gives them, encoded. */
  pump(now, controls) {
    if (!this.playing || now - this.#framedAt > QUIET_MS) return;
    for (const due of this.#pulse.due(now)) this.#socket.send(this.core.control(controls(), due));
    this.#transmit(now);
  }

  /** Says something to the room. */
  chat(text) {
    if (this.playing) this.#socket.send(this.core.chat(text));
  }

  #open() {
    this.core = this.#newCore();
    this.welcome = null;
    this.#socket.send(this.core.connect(this.name, this.room));
  }

  #message(bytes) {
    const now = performance.now();
    let received;
    try {
      received = this.core.receive(bytes, now);
    } catch (error) {
      console.error('drumbeat:', error);
      this.#socket.fail('The connection was out of step.');
      return;
    }
    if (received === 'welcome') this.#welcomed();
    else this.#framed(now);
  }

  #welcomed() {
    this.welcome = this.core.welcome();
    this.#pulse = new Pulse(this.welcome.tick_hz);
    this.#on.welcome(this.welcome);
  }

  #framed(now) {
    this.#framedAt = now;
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
    this.#on.state(state);
  }
}
