// Images that the 2D canvas paints once and then copies: light, hulls and the sky.

import { PALETTE } from '../palette.js';
import { CANOPY, HULLS } from './hulls.js';

/** Side of the sky's tile, CSS pixels. */
export const TILE = 1400;
/** The extent of a hull's stamp, in radii of the hull. */
export const HULL_REACH = 1.55;
const GLOW_SIZE = 64;
const STREAK = { width: 128, height: 32 };
/** Layers of a streak: half height, opacity and share of the length; the last is white. */
const STREAK_LAYERS = [[0.95, 0.28, 1], [0.6, 0.8, 0.85], [0.34, 0.8, 0.45]];

const PATHS = HULLS.map((half) => {
  const side = new Path2D();
  const whole = new Path2D();
  half.forEach(([x, y]) => side.lineTo(x, y));
  [...half, ...half.slice(1, -1).reverse().map(([x, y]) => [x, -y])].forEach(([x, y]) => whole.lineTo(x, y));
  side.closePath();
  whole.closePath();
  return { side, whole };
});

/**
 * Paints a hull with its nose to the right, slightly finer than it is shown.
 * @param {number} index of `HULLS`
 * @param {string} line
 * @param {string | null} fill
 * @param {number} pixels its radius on the screen
 */
export function paintHull(index, line, fill, pixels) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(3 * HULL_REACH * pixels);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const { side, whole } = PATHS[index];
  context.translate(canvas.width / 2, canvas.height / 2);
  context.scale(1.5 * pixels, 1.5 * pixels);
  if (fill !== null) {
    context.fillStyle = fill;
    context.fill(whole);
    context.globalAlpha = 0.22;
    context.fillStyle = line;
    context.fill(whole);
    context.fill(side);
  }
  context.globalAlpha = 1;
  context.strokeStyle = line;
  context.lineJoin = 'round';
  context.lineWidth = Math.max(0.17, 1.5 / pixels);
  context.stroke(whole);
  if (fill !== null) {
    context.fillStyle = line;
    context.beginPath();
    context.ellipse(CANOPY.x, 0, CANOPY.halfX, CANOPY.halfY, 0, 0, 7);
    context.fill();
  }
  return canvas;
}

/**
 * Paints light that fades from the middle outwards.
 * @param {string} style `rgb(...)`
 */
export function paintGlow(style) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = GLOW_SIZE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const half = GLOW_SIZE / 2;
  const light = context.createRadialGradient(half, half, 0, half, half, half);
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    light.addColorStop(part, style.replace('rgb', 'rgba').replace(')', `, ${(1 - part) ** 2})`));
  }
  context.fillStyle = light;
  context.fillRect(0, 0, GLOW_SIZE, GLOW_SIZE);
  return canvas;
}

/**
 * Paints a wedge with a round head in three layers: glow, body and white core.
 * @param {string} style `rgb(...)`
 */
export function paintStreak(style) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, STREAK);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const half = STREAK.height / 2;
  const head = STREAK.width - half;
  STREAK_LAYERS.forEach(([width, alpha, length], i) => {
    context.globalAlpha = alpha;
    context.fillStyle = i === STREAK_LAYERS.length - 1 ? PALETTE.text : style;
    context.beginPath();
    context.moveTo(head * (1 - length), half);
    context.arc(head, half, half * width, -Math.PI / 2, Math.PI / 2);
    context.fill();
  });
  return canvas;
}

/** Space and clouds as one opaque tile, so that copying needs no blending. */
export function paintSky(nebula) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = TILE;
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d', { alpha: false }));
  context.fillStyle = PALETTE.space;
  context.fillRect(0, 0, TILE, TILE);
  context.globalCompositeOperation = 'lighter';
  context.globalAlpha = 0.7;
  context.imageSmoothingQuality = 'high';
  context.drawImage(nebula, 0, 0, TILE, TILE);
  return tile;
}
