// What the connection did in the last ten seconds, from the core's numbers of each screen frame.

import { Ring } from './ring.js';

/** How far back the history reaches. */
export const WINDOW_MS = 10_000;

const ARRIVALS_MAX = 1_280;
// Ten seconds of a fast screen.
const SAMPLES_MAX = 2_400;

/** @typedef {import('./types.js').Live} Live */

/** Bounded rows of arrivals, buffer and corrections. */
export class History {
  /** When frames of the server came. */
  arrivals = new Ring(ARRIVALS_MAX);
  /** Milliseconds of frames in hand, at each screen frame. */
  buffer = new Ring(SAMPLES_MAX);
  /** Corrections of the own avatar, in world grid units. */
  corrections = new Ring(SAMPLES_MAX);
  /** Screen frames for which there was nothing to draw the others from. */
  starved = new Ring(SAMPLES_MAX);
  /** When the screen was drawn. */
  drawn = new Ring(SAMPLES_MAX);
  #corrections = 0;
  #starved = 0;

  /**
   * A frame of the server came.
   * @param {number} now milliseconds
   */
  arrived(now) {
    this.arrivals.push(now);
  }

  /**
   * The screen is drawn.
   * @param {number} now milliseconds
   * @param {Live} [live] the core's numbers at this moment, if there is a connection
   */
  drew(now, live) {
    this.drawn.push(now);
    if (!live) return;
    this.buffer.push(now, live.buffer);
    if (live.corrections > this.#corrections) this.corrections.push(now, live.correction);
    if (live.starved > this.#starved) this.starved.push(now);
    this.#corrections = live.corrections;
    this.#starved = live.starved;
  }

  /** Forgets a connection that has ended. */
  reset() {
    for (const ring of [this.arrivals, this.buffer, this.corrections, this.starved]) ring.clear();
    this.#corrections = this.#starved = 0;
  }

  /**
   * Screen frames in the last second.
   * @param {number} now milliseconds
   */
  fps(now) {
    return this.drawn.count(now - 1000);
  }
}
