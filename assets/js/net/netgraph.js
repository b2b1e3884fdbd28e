// The net graph: the connection in numbers; `lanes.js` draws its history.

import { History } from './history.js';
import { Rates } from './rates.js';

/** @typedef {{name: string, value: string, title: string}} Row a figure and its meaning */

/** What the figures are called, and mean; a page may have them in another language.
 * @typedef {Record<'rtt' | 'jitter' | 'tick' | 'skipped' | 'mismatches' | 'in' | 'out' | 'entity' | 'screen', {name: string, title: string}>
 *   & {of: (part: number, whole: number) => string}} Words */
/** @type {Readonly<Words>} */
export const WORDS = Object.freeze({
  rtt: { name: 'RTT', title: 'Round trip time to the server, link conditions included.' },
  jitter: { name: 'Jitter', title: 'How far frames are off an even beat, on average.' },
  tick: { name: 'Tick', title: 'The tick of the newest frame.' },
  skipped: { name: 'Ticks skipped', title: 'Ticks for which you got no frame, since the connection was busy; the next frame covers them.' },
  mismatches: { name: 'Mismatches', title: 'Checksums of the view that differed from the server’s.' },
  in: { name: 'In', title: 'Payload received.' },
  out: { name: 'Out', title: 'Payload sent.' },
  entity: { name: 'Per entity, tick', title: 'Payload bytes per visible entity and tick.' },
  screen: { name: 'Screen', title: 'Pictures drawn in the last second.' },
  of: (part, whole) => `${part} of ${whole}`,
});

/** Feed `history` every picture and `rates` about ten times a second. */
export class NetGraph {
  history = new History();
  rates = new Rates();

  /** Forgets a connection that has ended. */
  reset() {
    this.history.reset();
    this.rates.reset();
  }

  /**
   * The figures of the connection; none before `rates` has a sample.
   * @param {number} tick of the newest frame
   * @param {number} now milliseconds
   * @param {Readonly<Words>} [words]
   * @returns {Row[]}
   */
  rows(tick, now, words = WORDS) {
    const { rates, history } = this;
    const stats = rates.newest;
    if (!stats) return [];
    return [
      row(words.rtt, milliseconds(stats.rtt_us)),
      row(words.jitter, milliseconds(stats.jitter_us)),
      row(words.tick, String(tick)),
      row(words.skipped, String(stats.ticks_skipped)),
      row(words.mismatches, words.of(stats.mismatches, stats.checksums)),
      row(words.in, `${kilobytes(rates.rate('bytes_in'))} kB/s`),
      row(words.out, `${kilobytes(rates.rate('bytes_out'))} kB/s`),
      row(words.entity, `${rates.bytesPerEntity.toFixed(2)} B`),
      row(words.screen, `${history.fps(now)} fps`),
    ];
  }
}

/**
 * @param {{name: string, title: string}} words
 * @param {string} value
 * @returns {Row}
 */
function row({ name, title }, value) {
  return { name, value, title };
}

/** @param {number} us */
function milliseconds(us) {
  return `${(us / 1000).toFixed(1)} ms`;
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return (bytes / 1000).toFixed(2);
}
