// Lines and notes as shapes: boxes around them, and whether they are hit. Units.

import { NOTE, WIDTHS } from './palette.js';

/** @typedef {import('./camera.js').Box} Box */
/** Points in turn: x and y.
 * @typedef {number[]} Points */

/** @param {Box | null} a @param {Box | null} b @returns {Box | null} */
export function around(a, b) {
  if (!a || !b) return a ?? b;
  const [low, high] = [Math.min, Math.max];
  return { left: low(a.left, b.left), top: low(a.top, b.top), right: high(a.right, b.right), bottom: high(a.bottom, b.bottom) };
}

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

/** @param {Points} points @param {number} width number of the pen's width @returns {Box} */
export function boxOfLine(points, width) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    if (points[i] < box.left) box.left = points[i];
    if (points[i] > box.right) box.right = points[i];
    if (points[i + 1] < box.top) box.top = points[i + 1];
    if (points[i + 1] > box.bottom) box.bottom = points[i + 1];
  }
  const half = WIDTHS[width] / 2 + 1;
  return { left: box.left - half, top: box.top - half, right: box.right + half, bottom: box.bottom + half };
}

/** @param {{x: number, y: number}} place @returns {Box} */
export function boxOfNote({ x, y }) {
  return { left: x, top: y, right: x + NOTE, bottom: y + NOTE };
}

/** Whether a line passes a place within a distance.
 * @param {Points} points @param {{x: number, y: number}} place @param {number} reach */
export function isNear(points, { x, y }, reach) {
  let [fromX, fromY] = points;
  for (let i = 0; i < points.length; i += 2) {
    const [dx, dy] = [points[i] - fromX, points[i + 1] - fromY];
    const long = dx * dx + dy * dy;
    const along = long ? Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / long)) : 0;
    if (Math.hypot(fromX + along * dx - x, fromY + along * dy - y) <= reach) return true;
    [fromX, fromY] = [points[i], points[i + 1]];
  }
  return false;
}

/** How far from a point the line begins to turn, steps: what is drawn slowly is a curve, and a line that
 * goes far has corners. */
const ROUND_STEPS = 32;

/**
 * The corners of a line: where it begins to turn, around which point, and where it goes on.
 * @param {Points} points
 * @param {number} step units
 * @returns {Generator<[number, number, number, number, number, number]>}
 */
function* corners(points, step) {
  const towards = (x, y, otherX, otherY) => {
    const far = Math.hypot(otherX - x, otherY - y) || 1;
    const part = Math.min(0.5, (ROUND_STEPS * step) / far);
    return [x + (otherX - x) * part, y + (otherY - y) * part];
  };
  for (let i = 2; i < points.length - 2; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    const [fromX, fromY] = towards(x, y, points[i - 2], points[i - 1]);
    const [toX, toY] = towards(x, y, points[i + 2], points[i + 3]);
    yield [fromX, fromY, x, y, toX, toY];
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Points} points
 * @param {number} step units
 */
export function traceLine(pen, points, step) {
  pen.beginPath();
  pen.moveTo(points[0], points[1]);
  for (const [fromX, fromY, x, y, toX, toY] of corners(points, step)) {
    pen.lineTo(fromX, fromY);
    pen.quadraticCurveTo(x, y, toX, toY);
  }
  // A single point is a dot.
  pen.lineTo(points[points.length - 2], points[points.length - 1]);
  pen.stroke();
}

/** The same line as the data of an SVG path. @param {Points} points @param {number} step units */
export function linePath(points, step) {
  const text = (numbers) => numbers.map((number) => Math.round(number * 100) / 100).join(' ');
  const turns = [...corners(points, step)].map((corner) => `L${text(corner.slice(0, 2))}Q${text(corner.slice(2))}`);
  return `M${text(points.slice(0, 2))}${turns.join('')}L${text(points.slice(-2))}`;
}
