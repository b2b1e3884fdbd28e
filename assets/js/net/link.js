// The lag lab's model: link conditions as numbers, as text (`?link=`), and as presets. The client
// core reads the text and simulates the conditions, for bots and browser alike.

/**
 * Conditions of a link.
 * @typedef {object} Link
 * @property {number} latency milliseconds added to the round trip
 * @property {number} jitter milliseconds by which the latency varies up or down; the latency is its
 *   limit
 * @property {number} stall percent of the messages, in each direction, that hold up all later ones
 * @property {number} stallFor milliseconds that such a stall lasts
 * @property {number} kbps kilobits per second in each direction, from 8; 0 for no limit
 */

/** @typedef {{prediction: boolean, reconciliation: boolean, interpolation: boolean, lagCompensation: boolean}} Switches */

const KBPS_MIN = 8;

/** A link without any conditions.
 * @type {Readonly<Link>} */
export const PERFECT = Object.freeze({ latency: 0, jitter: 0, stall: 0, stallFor: 250, kbps: 0 });

/** Every part of the netcode is on.
 * @type {Readonly<Switches>} */
export const ALL_ON = Object.freeze({ prediction: true, reconciliation: true, interpolation: true, lagCompensation: true });

/** The conditions that a person may set, with the range of each slider.
 * @type {readonly {name: keyof Link, max: number, step: number}[]} */
export const RANGES = Object.freeze([
  { name: 'latency', max: 500, step: 5 },
  { name: 'jitter', max: 200, step: 5 },
  { name: 'stall', max: 10, step: 0.1 },
  { name: 'stallFor', max: 1000, step: 10 },
  { name: 'kbps', max: 2000, step: 10 },
]);

/** Links from good to bad, by name: the ones that `drumbeat-bench feel` measures.
 * @type {readonly {name: string, link: Readonly<Link>}[]} */
export const PRESETS = Object.freeze([
  { name: 'LAN', link: PERFECT },
  { name: '50 ms', link: { ...PERFECT, latency: 50 } },
  { name: '100 ms ± 30', link: { ...PERFECT, latency: 100, jitter: 30 } },
  { name: '200 ms ± 50', link: { ...PERFECT, latency: 200, jitter: 50 } },
  { name: '1 % stalls', link: { ...PERFECT, latency: 50, stall: 1, stallFor: 250 } },
  { name: '2 % stalls', link: { ...PERFECT, latency: 50, stall: 2, stallFor: 250 } },
  { name: '3G', link: { latency: 300, jitter: 80, stall: 1, stallFor: 300, kbps: 750 } },
]);

/**
 * Changes one condition of a link, and another one where the two would contradict.
 * @param {Link} link
 * @param {keyof Link} name
 * @param {number} value
 * @returns {Link}
 */
export function withCondition(link, name, value) {
  const changed = { ...link, [name]: Math.max(0, value) };
  if (name === 'jitter') changed.latency = Math.max(changed.latency, changed.jitter);
  else changed.jitter = Math.min(changed.jitter, changed.latency);
  if (changed.kbps > 0) changed.kbps = Math.max(changed.kbps, KBPS_MIN);
  return changed;
}

/**
 * The text of a link in the format of the core and `?link=`; empty without conditions.
 * @param {Link} link
 */
export function linkText({ latency, jitter, stall, stallFor, kbps }) {
  const parts = [];
  if (latency > 0) parts.push(`${latency}ms`);
  if (jitter > 0) parts.push(`jitter=${jitter}ms`);
  if (stall > 0 && stallFor > 0) parts.push(`stall=${stall}%x${stallFor}ms`);
  if (kbps > 0) parts.push(`kbps=${kbps}`);
  return parts.join(',');
}
