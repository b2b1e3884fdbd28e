// The clouds far behind everything: light on black, as a seamless tile.

import { chance } from '../chance.js';

const SIZE = 256;
/** Each octave: cells across the tile, and its share. */
const OCTAVES = [[3, 0.42], [6, 0.26], [12, 0.15], [24, 0.1], [48, 0.07]];
const CONTRAST = 0.9;
/** How far the clouds are stretched into wisps, pixels. */
const WARP = 38;
/** Light of dense clouds: red, green, blue. */
const INDIGO = [44, 62, 168];
const VIOLET = [126, 44, 132];
const TEAL = [14, 108, 126];

/** @returns {HTMLCanvasElement} */
export function paintNebula() {
  const [density, warp, hue] = [field(5), field(71), field(133)];
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(SIZE, SIZE);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const at = y * SIZE + x;
      const [dx, dy] = [(warp[at] - 0.5) * WARP, (hue[at] - 0.5) * WARP];
      const there = wrapped(y + dy * 2) * SIZE + wrapped(x + dx * 2);
      // Ridges are bright where the noise crosses its middle.
      const ridge = 1 - Math.min(1, Math.abs(density[there] - 0.5) * 5);
      const cloud = smooth(0.34, 0.78, density[there]) * (0.5 + 0.5 * ridge * ridge) + 0.12 * ridge ** 3;
      const warm = smooth(0.4, 0.64, hue[there]);
      const cold = smooth(0.6, 0.4, warp[at]);
      for (let channel = 0; channel < 3; channel += 1) {
        const base = INDIGO[channel] + (VIOLET[channel] - INDIGO[channel]) * warm;
        image.data[at * 4 + channel] = cloud * (base + (TEAL[channel] - base) * cold);
      }
      image.data[at * 4 + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function wrapped(at) {
  return ((Math.round(at) % SIZE) + SIZE) % SIZE;
}

/** Gradient noise over the tile, about 0 to 1 (Perlin 1985). */
function field(seed) {
  const out = new Float32Array(SIZE * SIZE).fill(0.5);
  for (const [cells, share] of OCTAVES) {
    const random = chance(seed * 31 + cells);
    const slopes = Float32Array.from({ length: cells * cells }, () => random() * 2 * Math.PI);
    const [slopeX, slopeY] = [slopes.map(Math.cos), slopes.map(Math.sin)];
    const steps = Array.from({ length: SIZE }, (_, i) => split((i / SIZE) * cells, cells));
    for (let y = 0; y < SIZE; y += 1) {
      const { whole: row, next: below, part: down, eased: easedDown } = steps[y];
      for (let x = 0; x < SIZE; x += 1) {
        const { whole: column, next, part: right, eased } = steps[x];
        const [a, b, c, d] = [row * cells + column, row * cells + next, below * cells + column, below * cells + next];
        const top = slopeX[a] * right + slopeY[a] * down;
        const topNext = slopeX[b] * (right - 1) + slopeY[b] * down;
        const bottom = slopeX[c] * right + slopeY[c] * (down - 1);
        const bottomNext = slopeX[d] * (right - 1) + slopeY[d] * (down - 1);
        const [high, low] = [top + (topNext - top) * eased, bottom + (bottomNext - bottom) * eased];
        out[y * SIZE + x] += share * CONTRAST * (high + (low - high) * easedDown);
      }
    }
  }
  return out;
}

function split(at, cells) {
  const whole = Math.floor(at);
  return { whole, next: (whole + 1) % cells, part: at - whole, eased: smooth(0, 1, at - whole) };
}

function smooth(from, to, value) {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return part * part * (3 - 2 * part);
}
