// The client core (core.wasm, see assets/web) behind plain JavaScript values.
// Nothing of a particular game is in here, and no socket and no clock either.

const REFUSED = 0;
const WELCOME = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The core refused a message of the server: the connection should be closed. */
export class CoreError extends Error {}

/**
 * Compiles the core once; each connection then gets an instance of its own.
 * @param {Promise<Response> | Response | BufferSource} source where the bytes come from
 * @returns {Promise<() => Core>} makes an instance
 */
export async function loadCore(source) {
  const given = await source;
  let bytes = given;
  if (typeof Response !== 'undefined' && given instanceof Response) {
    if (!given.ok) throw new Error(`the client core could not be loaded (HTTP ${given.status})`);
    bytes = await given.arrayBuffer();
  }
  const module = await WebAssembly.compile(bytes);
  return () => new Core(new WebAssembly.Instance(module).exports);
}

/** One connection's client core. Times are milliseconds of one monotonic clock. */
export class Core {
  #wasm;
  #inputAt;
  #inputCap;

  constructor(exports) {
    this.#wasm = exports;
    this.#inputAt = exports.input();
    this.#inputCap = exports.input_cap();
    /** Numbers per entity that `draw` gives. */
    this.stride = exports.draw_stride();
    this.privateLen = exports.private_len();
  }

  /** Starts over and returns the first message to send. */
  connect(name, room) {
    const [a, b] = [encoder.encode(name), encoder.encode(room)];
    this.#give(a, 0);
    this.#give(b, a.length);
    return this.#bytes(this.#wasm.connect(a.length, b.length));
  }

  /**
   * Takes a message of the server.
   * @returns {'welcome' | 'frame'}
   * @throws {CoreError} when it is not one
   */
  receive(bytes, now) {
    const code = this.#wasm.receive(this.#give(bytes, 0), now * 1000);
    if (code === REFUSED) throw new CoreError(decoder.decode(this.#output(this.#wasm.output_len())));
    return code === WELCOME ? 'welcome' : 'frame';
  }

  /** Applies the game's controls, encoded, and returns the message that sends them, or null. */
  control(bytes, now) {
    return this.#bytes(this.#wasm.control(this.#give(bytes, 0), now * 1000));
  }

  /** The next message that the core itself wants sent, or null. */
  transmit(now) {
    return this.#bytes(this.#wasm.transmit(now * 1000));
  }

  /** The message that says `text`, or null if nothing of it can be said. */
  chat(text) {
    return this.#bytes(this.#wasm.chat(this.#give(encoder.encode(text), 0)));
  }

  /**
   * The picture at `now`: for each entity `stride` numbers (key, kind, 1 if it is the own avatar,
   * then its fields). A view into the core's memory: good until the next call.
   */
  draw(now) {
    const count = this.#wasm.draw(now * 1000);
    return new Float32Array(this.#wasm.memory.buffer, this.#wasm.picture(), count * this.stride);
  }

  /** The tick of the newest frame, -1 before it. */
  get tick() {
    return this.#wasm.tick();
  }

  /** The player's private numbers. A view into the core's memory: good until the next call. */
  get private() {
    return new Int32Array(this.#wasm.memory.buffer, this.#wasm.private(), this.privateLen);
  }

  /** The name of a player in view, or null while the core is asking for it. */
  name(player) {
    return this.#text(this.#wasm.name(player));
  }

  /** What a person should be told, in order: `{event}`, `{chat}` or `{missed}`. */
  *notices() {
    for (let text = this.#text(this.#wasm.notice()); text; text = this.#text(this.#wasm.notice())) {
      const notice = JSON.parse(text);
      if (notice) yield notice;
    }
  }

  /** The server's welcome with the map, or null before it came. */
  welcome() {
    const text = this.#text(this.#wasm.welcome());
    return text && JSON.parse(text);
  }

  /** The counters, named as in `shared::client::Stats`. */
  stats() {
    return JSON.parse(this.#text(this.#wasm.stats()));
  }

  #give(data, at) {
    const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
    if (at + bytes.length > this.#inputCap) {
      throw new CoreError(`a message of ${bytes.length} bytes; the core takes ${this.#inputCap}`);
    }
    new Uint8Array(this.#wasm.memory.buffer).set(bytes, this.#inputAt + at);
    return bytes.length;
  }

  #output(length) {
    return new Uint8Array(this.#wasm.memory.buffer, this.#wasm.output(), length);
  }

  #bytes(length) {
    return length === 0 ? null : this.#output(length).slice();
  }

  #text(length) {
    return length === 0 ? null : decoder.decode(this.#output(length));
  }
}
