// A bounded series of timed values, the source of a graph of the last seconds.

/** Stores the newest values and overwrites the oldest; allocates nothing after construction. */
export class Ring {
  #times;
  #values;
  #next = 0;
  #count = 0;

  /** @param {number} countMax limit of stored values */
  constructor(countMax) {
    this.#times = new Float64Array(countMax);
    this.#values = new Float64Array(countMax);
  }

  /** The number of stored values. */
  get length() {
    return this.#count;
  }

  /**
   * Adds a value.
   * @param {number} now milliseconds
   * @param {number} [value]
   */
  push(now, value = 0) {
    this.#times[this.#next] = now;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#times.length;
    this.#count = Math.min(this.#count + 1, this.#times.length);
  }

  /** Forgets everything. */
  clear() {
    this.#count = 0;
  }

  /**
   * Visits the values from `since` on, oldest first.
   * @param {number} since milliseconds
   * @param {(at: number, value: number) => void} visit
   */
  each(since, visit) {
    const { length } = this.#times;
    for (let i = this.#count; i > 0; i -= 1) {
      const index = (this.#next - i + length) % length;
      if (this.#times[index] >= since) visit(this.#times[index], this.#values[index]);
    }
  }

  /**
   * The number of values from `since` on.
   * @param {number} since milliseconds
   */
  count(since) {
    let count = 0;
    this.each(since, () => (count += 1));
    return count;
  }
}
