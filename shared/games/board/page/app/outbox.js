// What the page asks for until the rules have taken it: numbered, in order, at a bounded rate.

/** How often a request goes out while there are any: 20 a second. */
const PAUSE_MS = 50;
/** Requests on their way; the rest waits here, where a line's points still join into fewer requests. */
const SENT_MAX = 8;
/** Points of one request: a limit of the rules. */
const POINTS_MAX = 400;
/** Requests that wait; without a connection for so long, nobody draws any further. */
const WAITING_MAX = 4_000;

/** @typedef {{number: number, act: any, resolve: () => void, reject: (error: Error) => void}} Waiting */

export class Outbox {
  #send;
  #page;
  #number = 0;
  /** @type {Waiting[]} */
  #waiting = [];
  #sent = 0;
  #next = 0;

  /**
   * @param {number} page a random number that stands for this page
   * @param {(request: any) => Promise<void>} send
   */
  constructor(page, send) {
    this.#page = page;
    this.#send = send;
  }

  /** How many requests the rules have not yet taken. */
  get size() {
    return this.#waiting.length + this.#sent;
  }

  /** Whether no more should be added now. */
  get isFull() {
    return this.#waiting.length >= WAITING_MAX;
  }

  /**
   * Adds a request. The points of a line join those that still wait.
   * @param {any} act
   * @returns {{number: number, done: Promise<void>}} its number, which is that of the object that it
   *   makes; rejected if the rules refuse it
   */
  push(act) {
    const before = this.#waiting.at(-1);
    const line = act.Extend && (before?.act.Draw ?? before?.act.Extend);
    this.#number += 1;
    const number = this.#number;
    if (before && line && line.points.length + act.Extend.points.length <= POINTS_MAX) {
      line.points.push(...act.Extend.points);
      const { resolve, reject } = before;
      return { number, done: new Promise((on, off) => {
        before.resolve = () => [resolve(), on()];
        before.reject = (error) => [reject(error), off(error)];
      }) };
    }
    const done = new Promise((/** @type {(value?: any) => void} */ resolve, reject) => this.#waiting.push({ number, act, resolve, reject }));
    return { number, done };
  }

  /** Sends what is due. @param {number} now milliseconds */
  pump(now) {
    if (now < this.#next || this.#sent >= SENT_MAX) return;
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    const { number, act, resolve, reject } = waiting;
    this.#next = now + PAUSE_MS;
    this.#sent += 1;
    this.#send({ page: this.#page, number, act }).then(resolve, reject).finally(() => (this.#sent -= 1));
  }
}
