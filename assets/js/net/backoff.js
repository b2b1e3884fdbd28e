// The waits before further attempts to connect.

const FIRST_MS = 500;
const MAX_MS = 15_000;

/** Growing, jittered delays: each is between half and the whole of a span that doubles. */
export class Backoff {
  #attempt = 0;
  #random;

  /** @param {() => number} random numbers from 0 up to 1, exclusive */
  constructor(random = Math.random) {
    this.#random = random;
  }

  /**
   * The next delay in milliseconds.
   * @param {number} [floor] the shortest possible delay
   */
  next(floor = 0) {
    const span = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    return Math.max(floor, Math.round(span * (0.5 + this.#random() / 2)));
  }

  /** Starts over after a connection that held: the next delay is short again. */
  reset() {
    this.#attempt = 0;
  }
}
