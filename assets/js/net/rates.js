// Counters as rates over the last two seconds.

const WINDOW_MS = 2_000;

/** @typedef {import('./types.js').Stats} Stats */

/** Feed it the counters a few times a second. */
export class Rates {
  /** @type {{now: number, stats: Stats}[]} */
  #samples = [];

  /** The newest counters, or null before there are any. */
  get newest() {
    return this.#samples.at(-1)?.stats ?? null;
  }

  /** Forgets a connection that has ended. */
  reset() {
    this.#samples = [];
  }

  /**
   * Takes the counters at this time.
   * @param {Stats} stats
   * @param {number} now milliseconds
   */
  sample(stats, now) {
    this.#samples.push({ now, stats });
    while (this.#samples.length > 2 && this.#samples[1].now < now - WINDOW_MS) this.#samples.shift();
  }

  /**
   * Growth of a counter per second.
   * @param {string} name
   */
  rate(name) {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.now <= first.now) return 0;
    return ((Number(last.stats[name]) - Number(first.stats[name])) * 1000) / (last.now - first.now);
  }

  /** Payload bytes per visible entity per tick. */
  get bytesPerEntity() {
    const visible = this.rate('visible_sum');
    return visible > 0 ? this.rate('delta_bytes_in') / visible : 0;
  }
}
