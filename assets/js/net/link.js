// The link lab's model: the conditions of a link as numbers, as text (`?link=`), and in sets.
// The conditions themselves are made by the client core, for bots and browser alike.

/**
 * Conditions of a link.
 * @typedef {object} Link
 * @property {number} latency milliseconds of a round trip added
 * @property {number} jitter milliseconds by which that varies, more or less; at most the latency
 * @property {number} stall percent of the messages, each way, that hold up all the later ones
 * @property {number} stallFor milliseconds that such a stall takes
 * @property {number} kbps kilobits a second, each way, from 8; 0 for no limit
 */

/** @typedef {{prediction: boolean, reconciliation: boolean, interpolation: boolean, lagCompensation: boolean}} Switches */

const KBPS_MIN = 8;

/** A link without any conditions.
 * @type {Readonly<Link>} */
export const PERFECT = Object.freeze({ latency: 0, jitter: 0, stall: 0, stallFor: 250, kbps: 0 });

/** Everything that the netcode does is done.
 * @type {Readonly<Switches>} */
export const ALL_ON = Object.freeze({ prediction: true, reconciliation: true, interpolation: true, lagCompensation: true });

/** What a person may set, with the range of its slider.
 * @type {readonly {name: keyof Link, max: number, step: number}[]} */
export const RANGES = Object.freeze([
  { name: 'latency', max: 500, step: 5 },
  { name: 'jitter', max: 200, step: 5 },
  { name: 'stall', max: 10, step: 0.1 },
  { name: 'stallFor', max: 1000, step: 10 },
  { name: 'kbps', max: 2000, step: 10 },
]);

/** Links from good to bad, by name: those over which `drumbeat-bots bench feel` measures.
 * @type {readonly {name: string, text: string}[]} */
export const PRESETS = Object.freeze([
  { name: 'LAN', text: '0ms' },
  { name: '50 ms', text: '50ms' },
  { name: '100 ms ± 30', text: '100ms,jitter=30ms' },
  { name: '200 ms ± 50', text: '200ms,jitter=50ms' },
  { name: '1 % stalls', text: '50ms,stall=1%x250ms' },
  { name: '2 % stalls', text: '50ms,stall=2%x250ms' },
  { name: '3G', text: '300ms,jitter=80ms,stall=1%x300ms,kbps=750' },
]);

/**
 * The link with one condition changed, and another moved along where the two would not fit.
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
 * The text of a link, as the core and `?link=` take it; empty for one without conditions.
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

/**
 * The numbers of a text that the core has taken; what it does not name is as in `PERFECT`.
 * @param {string} text
 * @returns {Link}
 */
export function linkOf(text) {
  const link = { ...PERFECT };
  for (const part of text.split(',')) {
    const [, latency] = /^([\d.]+)ms$/.exec(part.trim()) ?? [];
    const [, jitter] = /^jitter=([\d.]+)ms$/.exec(part.trim()) ?? [];
    const [, stall, stallFor] = /^stall=([\d.]+)%x([\d.]+)ms$/.exec(part.trim()) ?? [];
    const [, kbps] = /^kbps=([\d.]+)$/.exec(part.trim()) ?? [];
    if (latency) link.latency = Number(latency);
    if (jitter) link.jitter = Number(jitter);
    if (stall) [link.stall, link.stallFor] = [Number(stall), Number(stallFor)];
    if (kbps) link.kbps = Number(kbps);
  }
  return link;
}
