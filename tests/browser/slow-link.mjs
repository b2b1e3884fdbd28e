// A model of a slow link in front of a server: a round trip, one bottleneck for all connections, and TCP's
// slow start on each. It has no clock of its own: times are milliseconds that the caller passes on.

/** Bytes of a segment, and the initial window of ten of them (RFC 6928). */
export const SEGMENT = 1460;
const WINDOW_SEGMENTS = 10;

/** One direction of one connection. */
class Flow {
  /** @type {Buffer[]} */
  waiting = [];
  window = WINDOW_SEGMENTS * SEGMENT;
  inFlight = 0;
  /** When what is in flight will be acknowledged, oldest first. @type {{at: number, bytes: number}[]} */
  acks = [];

  /** @param {(bytes: Buffer) => void} deliver */
  constructor(deliver) {
    this.deliver = deliver;
  }

  /** Takes what fits into a segment. */
  next() {
    const [first] = this.waiting;
    const bytes = first.subarray(0, SEGMENT);
    if (bytes.length === first.length) this.waiting.shift();
    else this.waiting[0] = first.subarray(SEGMENT);
    return bytes;
  }

  /** Whether the window lets another segment go. */
  get ready() {
    return this.waiting.length > 0 && this.inFlight < this.window;
  }
}

/** The link from a server to a browser. No segment is lost; each one acknowledged widens its flow's window by
 * itself, so that a window doubles in a round trip. */
export class SlowLink {
  /** @type {Flow[]} */
  #flows = [];
  #freeAt = 0;
  #now = 0;
  /** Under way, in the order of arrival. @type {{at: number, flow: Flow, bytes: Buffer}[]} */
  #carried = [];
  #turn = 0;

  /** @param {{roundTripMs: number, kbps: number}} link */
  constructor({ roundTripMs, kbps }) {
    this.latencyMs = roundTripMs / 2;
    this.bytesPerMs = kbps / 8;
  }

  /** Another connection. @param {(bytes: Buffer) => void} deliver called with what arrives */
  open(deliver) {
    const flow = new Flow(deliver);
    this.#flows.push(flow);
    return flow;
  }

  /** @param {Flow} flow */
  close(flow) {
    this.#flows = this.#flows.filter((other) => other !== flow);
  }

  /**
   * A server sends.
   * @param {Flow} flow
   * @param {Buffer} bytes
   * @param {number} now
   */
  send(flow, bytes, now) {
    this.advance(now);
    flow.waiting.push(bytes);
    this.advance(now);
  }

  /**
   * Lets the time go on: delivers what has arrived.
   * @param {number} now
   * @returns {number} when something happens next; infinite if nothing will
   */
  advance(now) {
    for (;;) {
      const at = this.#nextAt();
      if (at > now) {
        this.#now = Math.max(this.#now, now);
        return at;
      }
      this.#now = Math.max(this.#now, at);
      this.#step();
    }
  }

  /** When something happens next. */
  #nextAt() {
    const acks = this.#flows.flatMap((flow) => flow.acks[0]?.at ?? []);
    const departs = this.#flows.some((flow) => flow.ready) ? Math.max(this.#freeAt, this.#now) : Infinity;
    return Math.min(departs, this.#carried[0]?.at ?? Infinity, ...acks);
  }

  #step() {
    const now = this.#now;
    for (const flow of this.#flows) {
      while (flow.acks[0]?.at <= now) {
        const { bytes } = /** @type {{bytes: number}} */ (flow.acks.shift());
        flow.inFlight -= bytes;
        flow.window += bytes;
      }
    }
    while (this.#carried[0]?.at <= now) {
      const { flow, bytes } = /** @type {{flow: Flow, bytes: Buffer}} */ (this.#carried.shift());
      flow.deliver(bytes);
    }
    if (this.#freeAt <= now) this.#depart(now);
  }

  /** The flows take turns at the bottleneck. @param {number} now */
  #depart(now) {
    const flows = [...this.#flows.slice(this.#turn), ...this.#flows.slice(0, this.#turn)];
    const flow = flows.find(({ ready }) => ready);
    if (!flow) return;
    this.#turn = (this.#flows.indexOf(flow) + 1) % this.#flows.length;
    const bytes = flow.next();
    this.#freeAt = now + bytes.length / this.bytesPerMs;
    const at = this.#freeAt + this.latencyMs;
    flow.inFlight += bytes.length;
    flow.acks.push({ at: at + this.latencyMs, bytes: bytes.length });
    this.#carried.push({ at, flow, bytes });
  }
}
