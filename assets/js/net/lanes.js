// The graph of the last ten seconds: one lane each for arrivals, buffer and corrections, on a
// canvas that the page gives.

import { WINDOW_MS } from './history.js';

const LABEL_PX = 11;
const GAP_PX = 6;
const TOP_PX = 15;

/** @typedef {import('./history.js').History} History */
/** @typedef {import('./ring.js').Ring} Ring */
/** @typedef {{good: string, bad: string, line: string, text: string}} Colours */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * Draws the lanes, over the whole canvas.
 * @param {CanvasRenderingContext2D} context scaled so that one unit is a CSS pixel
 * @param {{width: number, height: number}} size CSS pixels
 * @param {History} history
 * @param {{now: number, tickMs: number, unit: number, colours: Colours}} settings `unit` is what a
 *   world unit is in the core's grid units
 */
export function paintLanes(context, size, history, { now, tickMs, unit, colours }) {
  context.clearRect(0, 0, size.width, size.height);
  context.font = `500 ${LABEL_PX}px system-ui, sans-serif`;
  const height = (size.height - 2 * GAP_PX) / 3;
  const [first, second, third] = [0, 1, 2].map((i) => ({ x: 0, y: i * (height + GAP_PX), width: size.width, height }));
  /** @param {number} at */
  const x = (at) => size.width - ((now - at) / WINDOW_MS) * size.width;

  const spacings = spacingsOf(history.arrivals, now);
  const spacing = lane(context, first, 'Frame spacing', 'ms', scaleMax(values(spacings), tickMs * 3), colours);
  for (const { at, value } of spacings) {
    bar(context, first, x(at), spacing(value), value > tickMs * 2 ? colours.bad : colours.good);
  }
  rule(context, first, spacing(tickMs), colours);

  const buffered = timed(history.buffer, now);
  const buffer = lane(context, second, 'Buffer', 'ms', scaleMax(values(buffered), tickMs * 4), colours);
  context.strokeStyle = colours.good;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const { at, value } of buffered) context.lineTo(x(at), second.y + height - buffer(value));
  context.stroke();
  for (const { at } of timed(history.starved, now)) bar(context, second, x(at), height - TOP_PX, colours.bad);

  const corrections = timed(history.corrections, now).map(({ at, value }) => ({ at, value: value / unit }));
  const correction = lane(context, third, 'Corrections', 'units', scaleMax(values(corrections), 1), colours);
  for (const { at, value } of corrections) {
    bar(context, third, x(at), Math.max(2, correction(value)), value > 1 ? colours.bad : colours.good);
  }
}

/** @typedef {{at: number, value: number}} Timed */

/**
 * The values of the window, oldest first.
 * @param {Ring} ring
 * @param {number} now
 * @returns {Timed[]}
 */
function timed(ring, now) {
  /** @type {Timed[]} */
  const found = [];
  ring.each(now - WINDOW_MS, (at, value) => found.push({ at, value }));
  return found;
}

/**
 * The time from each to the one before it.
 * @param {Ring} arrivals
 * @param {number} now
 * @returns {Timed[]}
 */
function spacingsOf(arrivals, now) {
  const all = timed(arrivals, now);
  return all.slice(1).map(({ at }, i) => ({ at, value: at - all[i].at }));
}

/** @param {Timed[]} all */
function values(all) {
  return all.map(({ value }) => value);
}

/**
 * The top of a scale: at least `least`, else the next round number over the largest value.
 * @param {number[]} values
 * @param {number} least
 */
export function scaleMax(values, least) {
  const largest = values.reduce((a, b) => Math.max(a, b), least);
  const step = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 3, 5, 10].map((n) => n * step).find((top) => top >= largest) ?? largest;
}

/**
 * Draws a lane's ground and labels; returns the height of a value in pixels.
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
  context.fillText(`0 to ${Number(top.toPrecision(2))} ${unit}`, x + width, y + TOP_PX / 2 - 1);
  return (value) => Math.min(1, value / top) * (height - TOP_PX);
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
