// The connection's last ten seconds, from the core's numbers at each picture.

import { Ring } from './ring.js';

/** The length of the history. */
export const WINDOW_MS = 10_000;

const ARRIVALS_MAX = 1_280;
// Ten seconds of a fast screen.
const SAMPLES_MAX = 2_400;

/** @typedef {import('./types.js').Live} Live */

/** Bounded series of arrivals, buffer and corrections. */
export class History {
  /** Arrival times of the server's frames. */
  arrivals = new Ring(ARRIVALS_MAX);
  /** Milliseconds of frames in the buffer, at each picture. */
  buffer = new Ring(SAMPLES_MAX);
  /** Corrections of the own avatar, in world grid units. */
  corrections = new Ring(SAMPLES_MAX);
  /** Pictures without a frame new enough to draw the others from. */
  starved = new Ring(SAMPLES_MAX);
  /** The times of the pictures. */
  drawn = new Ring(SAMPLES_MAX);
  #corrections = 0;
  #starved = 0;

  /**
   * Notes the arrival of a frame.
   * @param {number} now milliseconds
   */
  arrived(now) {
    this.arrivals.push(now);
  }

  /**
   * Notes a drawn picture.
   * @param {number} now milliseconds
   * @param {Live} [live] the core's present numbers, if there is a connection
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
   * The number of pictures in the last second.
   * @param {number} now milliseconds
   */
  fps(now) {
    return this.drawn.count(now - 1000);
  }
}
