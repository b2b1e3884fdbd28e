// The figures of the lag lab: how the game feels, in numbers and with their meaning.

import { texts } from './texts/index.js';

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
  const { feel: words } = texts.lab;
  return [
    row(words.corrections, `${number(feel.corrections_per_s, 1)} /s`),
    row(words.correction, `${units(feel.correction_p50)}, ${units(feel.correction_p99)}`),
    row(words.starved, percent(feel.starved_share)),
    row(words.jank, percent(feel.jank_share)),
    row(words.jumps, `${feel.jumps ?? '–'}, ${number(feel.jump_max, 2)} ×`),
    // No input is shown in the moment in which it is made: 0 is that none was measured.
    row(words.input, ms(feel.input_to_display_ms_p50 || undefined)),
    row(words.recovery, words.ticks(number(feel.recovery_ticks_p99, 1))),
    row(words.lead, `${ms(live.lead)}, ${ms(live.margin)}`),
    row(words.late, percent(feel.late_input_share)),
    row(words.delay, `${ms(live.delay)}, ${ms(live.buffer)}`),
    row(words.pending, String(live.pending)),
  ];
}

/**
 * @param {{name: string, title: string}} words
 * @param {string} value
 * @returns {Row}
 */
function row({ name, title }, value) {
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
