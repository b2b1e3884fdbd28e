// The net graph: the connection in numbers; `lanes.js` draws its history.

import { History } from './history.js';
import { Rates } from './rates.js';

/** @typedef {{name: string, value: string, title: string}} Row a figure and its meaning */

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
   * @returns {Row[]}
   */
  rows(tick, now) {
    const { rates, history } = this;
    const stats = rates.newest;
    if (!stats) return [];
    return [
      row('RTT', milliseconds(stats.rtt_us), 'Round trip time to the server, link conditions included.'),
      row('Jitter', milliseconds(stats.jitter_us), 'How far frames are off an even beat, on average.'),
      row('Tick', String(tick), 'The tick of the newest frame.'),
      row('Ticks skipped', String(stats.ticks_skipped), 'Ticks for which you got no frame, since the connection was busy; the next frame covers them.'),
      row('Mismatches', `${stats.mismatches} of ${stats.checksums}`, 'Checksums of the view that differed from the server\'s.'),
      row('In', `${kilobytes(rates.rate('bytes_in'))} kB/s`, 'Payload received.'),
      row('Out', `${kilobytes(rates.rate('bytes_out'))} kB/s`, 'Payload sent.'),
      row('Per entity, tick', `${rates.bytesPerEntity.toFixed(2)} B`, 'Payload bytes per visible entity and tick.'),
      row('Screen', `${history.fps(now)} fps`, 'Pictures drawn in the last second.'),
    ];
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} title
 * @returns {Row}
 */
function row(name, value, title) {
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
