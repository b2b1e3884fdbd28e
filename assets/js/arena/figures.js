// The figures of the lag lab: how the game feels, in numbers and with their meaning.

/** @typedef {import('../net/types.js').Live} Live */
/** @typedef {import('../net/types.js').Stats} Stats */
/** @typedef {import('../net/netgraph.js').Row} Row */

/**
 * The rows of the table.
 * @param {Stats} stats
 * @param {Live} live
 * @param {number} grid grid units in a world unit
 * @returns {Row[]}
 */
export function feelRows({ feel = {} }, live, grid) {
  /** @param {number | undefined} length grid units */
  const units = (length) => number(length === undefined ? length : length / grid, 2);
  return [
    row('Corrections', `${number(feel.corrections_per_s, 1)} /s`, 'How often the server put your ship elsewhere than predicted while it touched nobody.'),
    row('Correction size p50, p99', `${units(feel.correction_p50)}, ${units(feel.correction_p99)}`, 'How far, in world units: median and 99th percentile. A ship is 28 units across.'),
    row('Starved', percent(feel.starved_share), 'Pictures for which the newest frame was too old to draw the others from: they were extrapolated or held.'),
    row('Jank', percent(feel.jank_share), 'Pictures in which something that should have moved did not.'),
    row('Jumps, largest step', `${feel.jumps ?? '–'}, ${number(feel.jump_max, 2)} ×`, 'Moves of more than twice the top speed from one picture to the next, and the longest as a multiple of the top speed.'),
    row('Input to display', ms(feel.input_to_display_ms_p50), 'From a change of your controls to the picture that shows it, median.'),
    row('Recovery p99', `${number(feel.recovery_ticks_p99, 1)} ticks`, 'From the first frame after a stall to a picture drawn from frames again.'),
    row('Lead, margin', `${ms(live.lead)}, ${ms(live.margin)}`, 'How far ahead of the frames that arrive your inputs are made, and how early they reach the server. The lead follows the margin.'),
    row('Late inputs', percent(feel.late_input_share), 'Inputs that reached the server after their tick.'),
    row('Delay, buffer', `${ms(live.delay)}, ${ms(live.buffer)}`, 'How far behind the frames that arrive the others should be drawn, and how much of that is left.'),
    row('Inputs pending', String(live.pending), 'Inputs that the server has not acknowledged; they are replayed on every frame.'),
  ];
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

/**
 * Formats a number; a dash for an unknown one.
 * @param {number | undefined} value
 * @param {number} digits
 */
function number(value, digits) {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

/** @param {number | undefined} value */
function ms(value) {
  return value === undefined ? '–' : `${Math.round(value)} ms`;
}

/** @param {number | undefined} share */
function percent(share) {
  return share === undefined ? '–' : `${(share * 100).toFixed(2)} %`;
}
