// The graph of the last ten seconds: one lane each for arrivals, buffer and corrections, on a
// canvas of the page.

import { WINDOW_MS } from './history.js';

const LABEL_PX = 11;
const GAP_PX = 6;
const TOP_PX = 15;

/** @typedef {import('./history.js').History} History */
/** @typedef {import('./ring.js').Ring} Ring */
/** @typedef {{good: string, bad: string, line: string, text: string}} Colours */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** What the lanes are called; a page may have it in another language. */
export const LANES = Object.freeze({ spacing: 'Frame spacing', buffer: 'Buffer', corrections: 'Corrections', units: 'units' });

/**
 * Draws the lanes over the whole canvas.
 * @param {CanvasRenderingContext2D} context scaled so that one unit is a CSS pixel
 * @param {{width: number, height: number}} size CSS pixels
 * @param {History} history
 * @param {{now: number, tickMs: number, unit: number, colours: Colours, names?: Readonly<Record<keyof typeof LANES, string>>}} settings `unit` is the
 *   number of the core's grid units per world unit
 */
export function paintLanes(context, size, history, { now, tickMs, unit, colours, names = LANES }) {
  context.clearRect(0, 0, size.width, size.height);
  context.font = `500 ${LABEL_PX}px system-ui, sans-serif`;
  const height = (size.height - 2 * GAP_PX) / 3;
  const [first, second, third] = [0, 1, 2].map((i) => ({ x: 0, y: i * (height + GAP_PX), width: size.width, height }));
  /** @param {number} at */
  const x = (at) => size.width - ((now - at) / WINDOW_MS) * size.width;

  const since = now - WINDOW_MS;
  /** @type {Each} */
  const spacings = (visit) => eachSpacing(history.arrivals, since, visit);
  const spacing = lane(context, first, names.spacing, 'ms', scaleMax(largest(spacings), tickMs * 3), colours);
  spacings((at, value) => bar(context, first, x(at), spacing(value), value > tickMs * 2 ? colours.bad : colours.good));
  rule(context, first, spacing(tickMs), colours);

  /** @type {Each} */
  const buffered = (visit) => history.buffer.each(since, visit);
  const buffer = lane(context, second, names.buffer, 'ms', scaleMax(largest(buffered), tickMs * 4), colours);
  context.strokeStyle = colours.good;
  context.lineWidth = 1.5;
  context.beginPath();
  buffered((at, value) => context.lineTo(x(at), second.y + height - buffer(value)));
  context.stroke();
  history.starved.each(since, (at) => bar(context, second, x(at), height - TOP_PX, colours.bad));

  /** @type {Each} */
  const corrections = (visit) => history.corrections.each(since, (at, value) => visit(at, value / unit));
  const correction = lane(context, third, names.corrections, names.units, scaleMax(largest(corrections), 1), colours);
  corrections((at, value) => bar(context, third, x(at), Math.max(2, correction(value)), value > 1 ? colours.bad : colours.good));
}

/**
 * Visits values in order without building a list, because this runs for every picture.
 * @typedef {(visit: (at: number, value: number) => void) => void} Each
 */

/**
 * Visits the time between each arrival and the one before it.
 * @param {Ring} arrivals
 * @param {number} since milliseconds
 * @param {(at: number, value: number) => void} visit
 */
function eachSpacing(arrivals, since, visit) {
  let last = NaN;
  arrivals.each(since, (at) => {
    if (!Number.isNaN(last)) visit(at, at - last);
    last = at;
  });
}

/** @param {Each} each */
function largest(each) {
  let found = 0;
  each((_, value) => (found = Math.max(found, value)));
  return found;
}

/**
 * The top of a scale: the next round number at or above the largest value and `least`.
 * @param {number} value the largest
 * @param {number} least
 */
export function scaleMax(value, least) {
  const top = Math.max(value, least);
  const step = 10 ** Math.floor(Math.log10(top));
  return [1, 2, 3, 5, 10].map((n) => n * step).find((round) => round >= top) ?? top;
}

/**
 * Draws a lane's background and labels; returns a function from a value to its height in pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {string} name
 * @param {string} unit
 * @param {number} top
 * @param {Colours} colours
 * @returns {(value: number) => number}
 */
function lane(context, { x, y, width, height }, name, unit, top, colours) {
  context.fillStyle = colours.line;
  context.fillRect(x, y + TOP_PX, width, height - TOP_PX);
  context.fillStyle = colours.text;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(name, x, y + TOP_PX / 2 - 1);
  context.textAlign = 'right';
  context.fillText(`0–${Number(top.toPrecision(2))} ${unit}`, x + width, y + TOP_PX / 2 - 1);
  // What is missing from an empty buffer counts as none.
  return (value) => Math.min(1, Math.max(0, value / top)) * (height - TOP_PX);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {number} x
 * @param {number} reach
 * @param {string} colour
 */
function bar(context, box, x, reach, colour) {
  context.fillStyle = colour;
  context.fillRect(x - 0.75, box.y + box.height - reach, 1.5, reach);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {number} reach
 * @param {Colours} colours
 */
function rule(context, box, reach, colours) {
  context.fillStyle = colours.text;
  context.globalAlpha = 0.45;
  context.fillRect(box.x, Math.round(box.y + box.height - reach), box.width, 1);
  context.globalAlpha = 1;
}
