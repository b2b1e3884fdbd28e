// A bounded row of timed values: what a graph of the last seconds is drawn from.

/** Keeps the newest values and overwrites the oldest; allocates nothing after it is made. */
export class Ring {
  #times;
  #values;
  #next = 0;
  #count = 0;

  /** @param {number} countMax how many values are kept */
  constructor(countMax) {
    this.#times = new Float64Array(countMax);
    this.#values = new Float64Array(countMax);
  }

  /** How many values are kept at the moment. */
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
   * How many values there are from `since` on.
   * @param {number} since milliseconds
   */
  count(since) {
    let count = 0;
    this.each(since, () => (count += 1));
    return count;
  }
}
