// The client core (core.wasm, see assets/web) behind plain JavaScript values. It knows no
// particular game and has neither socket nor clock.

import { PERFECT } from './link.js';
import { Schema } from './schema.js';

const NOTHING = 0;
const WELCOME = 1;
const REFUSED = 3;
/** How a welcome starts, and nothing else (PROTOCOL.md). */
const CONTROL = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The core refused a message of the server, so the connection should be closed. */
export class CoreError extends Error {}

/**
 * Compiles the core once; each connection then gets its own instance.
 * @param {Promise<Response> | Response | BufferSource} source of the bytes
 * @returns {Promise<() => Core>} creates an instance
 */
export async function loadCore(source) {
  const given = await source;
  const module = await (given instanceof Response ? compile(given) : WebAssembly.compile(given));
  return () => new Core(new WebAssembly.Instance(module).exports);
}

/** @param {Response} response */
async function compile(response) {
  if (response.status === 404) throw new Error('the client core is not built: run ./build-web');
  if (!response.ok) throw new Error(`the client core could not be loaded (HTTP ${response.status})`);
  // Some servers do not know the type.
  const streams = response.headers.get('content-type') === 'application/wasm';
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** The client core of one connection. Times are milliseconds of one monotonic clock. */
export class Core {
  #wasm;
  #inputAt;
  #inputCap;

  /** @param {any} exports of the compiled core */
  constructor(exports) {
    this.#wasm = exports;
    this.#inputAt = exports.input();
    this.#inputCap = exports.input_cap();
    /** Numbers per entity in the result of `draw`. */
    this.stride = exports.draw_stride();
    this.privateLen = exports.private_len();
  }

  /** The game's schema by name. It is the same for every core of a page: read it once. */
  schema() {
    return new Schema(JSON.parse(this.#text(this.#wasm.schema()) ?? '{}'));
  }

  /**
   * Starts a connection; `transmit` then starts with the hello.
   * @param {object} wanted
   * @param {string} [wanted.name]
   * @param {string} [wanted.room] empty leaves the choice to the server
   * @param {boolean} [wanted.spectate] watches without taking a player's seat
   * @param {string} [wanted.ticket] says who the player is, where the server looks at such
   * @param {{token: number[], tick: number} | null} [wanted.place] asks for the player of the last
   *   welcome in this room, which has received this tick
   */
  connect({ name = '', room = '', spectate = false, ticket = '', place = null }) {
    // Half a character of UTF-16 is none for the core.
    const [sound, resume] = [decoder.decode(encoder.encode(name)), place && { token: place.token, seen: place.tick }];
    const wanted = { name: sound, room, spectate, ticket: ticket || null, resume };
    if (this.#wasm.connect(this.#give(encoder.encode(JSON.stringify(wanted)), 0)) === REFUSED) throw this.#refusal();
  }

  /**
   * Brings another ticket of the same player in place of the one before.
   * @param {string} ticket
   */
  renew(ticket) {
    this.#wasm.renew(this.#give(encoder.encode(ticket), 0));
  }

  /**
   * Whether a message is a welcome.
   * @param {Uint8Array} bytes
   */
  isWelcome(bytes) {
    return bytes[0] === CONTROL;
  }

  /**
   * Takes a message from the socket; `deliver` passes it on once it has crossed the simulated link.
   * @param {Uint8Array} bytes
   * @param {number} now
   * @throws {CoreError} when more messages wait than the link conditions allow
   */
  receive(bytes, now) {
    if (this.#wasm.receive(this.#give(bytes, 0), now * 1000) === REFUSED) throw this.#refusal();
  }

  /**
   * Passes the next message that has crossed the link to the client.
   * @param {number} now
   * @returns {'welcome' | 'frame' | null} the kind of message, null if there is none
   * @throws {CoreError} when it is not a valid message of a server
   */
  deliver(now) {
    const code = this.#wasm.deliver(now * 1000);
    if (code === REFUSED) throw this.#refusal();
    if (code === NOTHING) return null;
    return code === WELCOME ? 'welcome' : 'frame';
  }

  /**
   * Sets the controls from now on. They are drawn at once and sent with every input that is due.
   * @param {Uint8Array | Int32Array} controls the game's encoding of them, or the value
   *   of each, as `schema.controls.values` returns them
   * @param {number} now when they changed
   * @throws {CoreError} when they are no valid controls of the game; the message says why
   */
  hold(controls, now) {
    const hold = controls instanceof Uint8Array ? this.#wasm.hold : this.#wasm.hold_values;
    if (!hold) throw new CoreError('core.wasm is older than this page and takes no controls by name: rebuild the core');
    const { buffer, byteOffset, byteLength, length } = controls;
    this.#give(new Uint8Array(buffer, byteOffset, byteLength), 0);
    if (hold(length, now * 1000) !== 1) throw this.#refusal();
  }

  /**
   * The next message to send, or null: inputs and pings when due, and all requests.
   * @param {number} now
   * @returns {Uint8Array<ArrayBuffer> | null}
   */
  transmit(now) {
    return this.#bytes(this.#wasm.transmit(now * 1000));
  }

  /**
   * Sends a text to the room.
   * @param {string} text
   * @returns {boolean} whether there is anything to send
   */
  chat(text) {
    return this.#wasm.chat(this.#give(encoder.encode(text), 0)) === 1;
  }

  /**
   * Sends a text to one player.
   * @param {number} to
   * @param {string} text
   * @returns {boolean} whether there is anything to send
   */
  whisper(to, text) {
    return this.#wasm.whisper(to, this.#give(encoder.encode(text), 0)) === 1;
  }

  /**
   * Reports a chat line to whoever runs the server.
   * @param {number} line
   */
  report(line) {
    this.#wasm.report(line);
  }

  /**
   * Sends a command: the rules take all of them, in order.
   * @param {any} command `{Note: {x: 3, text: 'hello'}}` for the variant `Note` of an enum, its name
   *   alone if it has no data
   * @returns {number} its number, which the notice `taken` or `refused` names
   * @throws {CoreError} when it is no command of the game, or too many wait; the message says why
   */
  command(command) {
    const number = this.#wasm.command(this.#give(encoder.encode(JSON.stringify(command)), 0));
    if (number === 0) throw this.#refusal();
    return number;
  }

  /**
   * The records of the document that came, changed or went since the last call.
   * @returns {Generator<[number, any]>} ids, each with its record, or null if it is gone
   */
  *changedRecords() {
    for (let id = this.#wasm.changed_record(); id; id = this.#wasm.changed_record()) {
      yield [id, this.record(id)];
    }
  }

  /**
   * A record of the document, or null.
   * @param {number} id
   */
  record(id) {
    const text = this.#text(this.#wasm.record(id));
    return text && JSON.parse(text);
  }

  /** Whether all of the document has arrived once. */
  get hasDocument() {
    return this.#wasm.has_document() === 1;
  }

  /**
   * Sets what a spectator watches: the game's leader, a player, or a place.
   * @param {'leader' | number | {x: number, y: number}} target a player's id, or grid units
   */
  watch(target) {
    if (target === 'leader') this.#wasm.watch_leader();
    else if (typeof target === 'number') this.#wasm.watch_player(target);
    else this.#wasm.watch_place(Math.round(target.x), Math.round(target.y));
  }

  /**
   * Applies link conditions such as `100ms,jitter=30ms,stall=1%x250ms,kbps=500`; none if empty.
   * @param {string} text
   * @returns {import('./link.js').Link} the same in numbers
   * @throws {CoreError} when they are invalid
   */
  setLink(text) {
    if (this.#wasm.set_link(this.#give(encoder.encode(text), 0)) !== 1) throw this.#refusal();
    return { ...PERFECT, ...JSON.parse(this.#text(this.#wasm.output_len()) ?? '{}') };
  }

  /**
   * Turns parts of the netcode on or off.
   * @param {{prediction: boolean, reconciliation: boolean, interpolation: boolean, lagCompensation: boolean}} on
   */
  setSwitches({ prediction, reconciliation, interpolation, lagCompensation }) {
    const bits = [prediction, reconciliation, interpolation, lagCompensation];
    this.#wasm.set_switches(bits.reduce((sum, on, i) => sum + (on ? 1 << i : 0), 0));
  }

  /** Resets the feel figures, for example after the link has changed. */
  resetFeel() {
    this.#wasm.reset_feel();
  }

  /**
   * The picture at `now`: `stride` numbers per entity; the schema says which. A view into the core's
   * memory, valid until the next call.
   * @param {number} now
   */
  draw(now) {
    return this.#numbers(this.#wasm.draw(now * 1000) * this.stride);
  }

  /** The latest confirmed state in the format of `draw`, neither predicted nor interpolated. */
  truth() {
    return this.#numbers(this.#wasm.truth() * this.stride);
  }

  /**
   * Positions of the own avatar (x and y in turn, grid units): the confirmed one, then the one
   * after each input in flight. A view into the core's memory, valid until the next call.
   */
  path() {
    return this.#numbers(this.#wasm.path() * 2);
  }

  /**
   * The clocks at the last picture: the ticks of the newest frame, of the view time, and of the own
   * clock; then milliseconds and counts (see `shared::client::Live`).
   * @param {number} now
   * @returns {import('./types.js').Live}
   */
  live(now) {
    return JSON.parse(this.#text(this.#wasm.live(now * 1000)) ?? '{}');
  }

  /** The tick of the newest frame; -1 before the first. */
  get tick() {
    return this.#wasm.tick();
  }

  /** The player's private numbers; the schema says which. A view into the core's memory, valid until
   * the next call. */
  get private() {
    return new Int32Array(this.#wasm.memory.buffer, this.#wasm.private(), this.privateLen);
  }

  /**
   * The name of a player in view, or null while the core is requesting it.
   * @param {number} player
   */
  name(player) {
    return this.#text(this.#wasm.name(player));
  }

  /** Asks the server for the list of players, which then follows who comes and goes; once is enough. */
  readPlayers() {
    // A core that is older than this page has no list.
    this.#wasm.read_players?.();
  }

  /**
   * The names of the connected players by id, if `readPlayers` has asked for them, all are there, and they
   * have changed since the last call; else null. The game's own players are not among them.
   * @returns {Map<number, string> | null}
   */
  players() {
    const text = this.#text(this.#wasm.players?.() ?? 0);
    return text ? new Map(JSON.parse(text)) : null;
  }

  /**
   * The notices for a person, in order: objects with one key, such as `{event}` or `{chat}`.
   * @returns {Generator<import('./types.js').Notice>}
   */
  *notices() {
    for (let text = this.#text(this.#wasm.notice()); text; text = this.#text(this.#wasm.notice())) {
      const notice = JSON.parse(text);
      if (notice) yield notice;
    }
  }

  /**
   * The server's welcome with the map, or null before it arrives.
   * @returns {import('./types.js').Welcome | null}
   */
  welcome() {
    const text = this.#text(this.#wasm.welcome());
    return text && JSON.parse(text);
  }

  /**
   * The counters, named as in `shared::client::Stats`.
   * @returns {import('./types.js').Stats}
   */
  stats() {
    return JSON.parse(this.#text(this.#wasm.stats()) ?? '{}');
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  #give(bytes, at) {
    if (at + bytes.length > this.#inputCap) {
      throw new CoreError(`a message of ${bytes.length} bytes; the core takes ${this.#inputCap}`);
    }
    new Uint8Array(this.#wasm.memory.buffer).set(bytes, this.#inputAt + at);
    return bytes.length;
  }

  #refusal() {
    return new CoreError(decoder.decode(this.#output(this.#wasm.output_len())));
  }

  /** @param {number} count */
  #numbers(count) {
    return new Float32Array(this.#wasm.memory.buffer, this.#wasm.picture(), count);
  }

  /** @param {number} length */
  #output(length) {
    return new Uint8Array(this.#wasm.memory.buffer, this.#wasm.output(), length);
  }

  /** @param {number} length */
  #bytes(length) {
    return length === 0 ? null : this.#output(length).slice();
  }

  /** @param {number} length */
  #text(length) {
    return length === 0 ? null : decoder.decode(this.#output(length));
  }
}
