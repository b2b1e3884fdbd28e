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

/**
 * Draws a line as a curve through the middles between its points.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} pen
 * @param {Points} points
 */
export function traceLine(pen, points) {
  const end = points.length - 2;
  pen.beginPath();
  pen.moveTo(points[0], points[1]);
  for (let i = 2; i < end; i += 2) {
    pen.quadraticCurveTo(points[i], points[i + 1], (points[i] + points[i + 2]) / 2, (points[i + 1] + points[i + 3]) / 2);
  }
  // A single point is a dot.
  pen.lineTo(points[end], points[end + 1]);
  pen.stroke();
}

/** The same curve as the data of an SVG path. @param {Points} points */
export function linePath(points) {
  const end = points.length - 2;
  const parts = [`M${points[0]} ${points[1]}`];
  for (let i = 2; i < end; i += 2) {
    parts.push(`Q${points[i]} ${points[i + 1]} ${(points[i] + points[i + 2]) / 2} ${(points[i + 1] + points[i + 3]) / 2}`);
  }
  parts.push(`L${points[end]} ${points[end + 1]}`);
  return parts.join('');
}
