// The clouds far behind everything: light on black, as a tile that goes on across its edges.

import { chance } from '../chance.js';

const SIZE = 256;
const OCTAVES = [[4, 0.5], [8, 0.27], [16, 0.14], [32, 0.09]];
/** Light of dense clouds: red, green, blue. */
const INDIGO = [46, 58, 150];
const VIOLET = [104, 42, 118];
const TEAL = [16, 92, 112];

/** @returns {HTMLCanvasElement} */
export function paintNebula() {
  const [density, hue, veil] = [field(5), field(71), field(133)];
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(SIZE, SIZE);
  for (let at = 0; at < SIZE * SIZE; at += 1) {
    const cloud = smooth(0.38, 0.85, density[at]) * (0.55 + 0.45 * smooth(0.35, 0.65, veil[at]));
    const warm = smooth(0.42, 0.62, hue[at]);
    const cold = smooth(0.58, 0.4, hue[at]) * smooth(0.45, 0.65, veil[at]);
    for (let channel = 0; channel < 3; channel += 1) {
      const base = INDIGO[channel] + (VIOLET[channel] - INDIGO[channel]) * warm;
      image.data[at * 4 + channel] = cloud * (base + (TEAL[channel] - base) * cold);
    }
    image.data[at * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Noise over the tile, about 0 to 1. */
function field(seed) {
  const out = new Float32Array(SIZE * SIZE);
  for (const [cells, share] of OCTAVES) {
    const random = chance(seed * 31 + cells);
    const knots = Float32Array.from({ length: cells * cells }, random);
    for (let y = 0; y < SIZE; y += 1) {
      const [row, down] = split((y / SIZE) * cells, cells);
      for (let x = 0; x < SIZE; x += 1) {
        const [column, right] = split((x / SIZE) * cells, cells);
        const [next, below] = [(column + 1) % cells, ((row + 1) % cells) * cells];
        const top = knots[row * cells + column] * (1 - right) + knots[row * cells + next] * right;
        const bottom = knots[below + column] * (1 - right) + knots[below + next] * right;
        out[y * SIZE + x] += share * (top * (1 - down) + bottom * down);
      }
    }
  }
  return out;
}

function split(at, cells) {
  const whole = Math.floor(at);
  return [whole % cells, smooth(0, 1, at - whole)];
}

function smooth(from, to, value) {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return part * part * (3 - 2 * part);
}
