// Images painted once at the start: the skins of rocks, lumps of flat facets lit from the upper
// left, and the planet far behind them.

import { chance } from '../chance.js';
import { PALETTE, fade } from '../palette.js';
import { paintPlanet } from './planet.js';

/** The sheet of skins, in pixels. */
export const SKINS = Object.freeze({ columns: 4, rows: 2, size: 448 });
/** The number of rock skins; the last skin is the planet. */
export const ROCK_SKINS = SKINS.columns * SKINS.rows - 1;
/** The size of a skin relative to its rock's circle. */
export const SKIN_REACH = 1.1;

const LIGHT = { x: -0.58, y: -0.68, z: 0.45 };
const CORNERS = 15;

/** @returns {HTMLCanvasElement} */
export function paintSkins() {
  const canvas = document.createElement('canvas');
  canvas.width = SKINS.columns * SKINS.size;
  canvas.height = SKINS.rows * SKINS.size;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  for (let skin = 0; skin < SKINS.columns * SKINS.rows; skin += 1) {
    const half = SKINS.size / 2;
    const [column, row] = [skin % SKINS.columns, Math.floor(skin / SKINS.columns)];
    context.setTransform(half / SKIN_REACH, 0, 0, half / SKIN_REACH, (2 * column + 1) * half, (2 * row + 1) * half);
    if (skin < ROCK_SKINS) paintSkin(context, chance(skin * 7919 + 17));
    else paintPlanet(context);
  }
  return canvas;
}

/** Three rings of points around the middle, like a cut gem; the outer ring is the edge. */
function rings(random) {
  return [0.36, 0.7, 1].map((reach, ring) => {
    const count = [6, 11, CORNERS][ring];
    return Array.from({ length: count }, (_, i) => {
      const angle = ((i + (random() - 0.5) * 0.5 + ring * 0.4) / count) * 2 * Math.PI;
      const far = ring === 2 ? 0.955 + random() * 0.075 : reach * (0.85 + random() * 0.3);
      // A dome with bumps, so that facets face outwards.
      const height = Math.sqrt(Math.max(0, 1.08 - far * far)) * 0.75 + (ring === 2 ? 0 : (random() - 0.5) * 0.2);
      return { angle, x: Math.cos(angle) * far, y: Math.sin(angle) * far, z: height };
    });
  });
}

function paintSkin(context, random) {
  const [inner, middle, outer] = rings(random);
  const outline = new Path2D();
  for (const { x, y } of outer) outline.lineTo(x, y);
  outline.closePath();
  context.save();
  context.clip(outline);
  const top = { x: 0, y: 0, z: 0.8 };
  inner.forEach((point, i) => facet(context, top, point, inner[(i + 1) % inner.length], random));
  band(context, inner, middle, random);
  band(context, middle, outer, random);
  craters(context, random);
  context.restore();
  edge(context, outer);
}

/** The facets between two rings. */
function band(context, low, high, random) {
  let [i, j] = [0, 0];
  while (i < low.length || j < high.length) {
    const a = low[i % low.length];
    const b = high[j % high.length];
    const turnOf = (ring, at) => ring[at % ring.length].angle + (at >= ring.length ? 2 * Math.PI : 0);
    const lowNext = i < low.length && (j >= high.length || turnOf(low, i + 1) < turnOf(high, j + 1));
    if (lowNext) i += 1;
    else j += 1;
    facet(context, a, b, lowNext ? low[i % low.length] : high[j % high.length], random);
  }
}

function facet(context, a, b, c, random) {
  const [ux, uy, uz] = [b.x - a.x, b.y - a.y, b.z - a.z];
  const [vx, vy, vz] = [c.x - a.x, c.y - a.y, c.z - a.z];
  let [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.sign(nz) * Math.hypot(nx, ny, nz) || 1;
  [nx, ny, nz] = [nx / length, ny / length, nz / length];
  // Facets in shadow still receive some light from the clouds.
  const lit = (0.16 + 0.84 * Math.max(0, nx * LIGHT.x + ny * LIGHT.y + nz * LIGHT.z)) * (0.85 + random() * 0.3);
  const path = new Path2D();
  for (const { x, y } of [a, b, c]) path.lineTo(x, y);
  path.closePath();
  for (const [colour, alpha] of [[PALETTE.rockShade, 1], [PALETTE.rockFill, Math.min(1, lit * 1.5)], [PALETTE.rockEdge, Math.max(0, lit - 0.45) * 0.55]]) {
    context.fillStyle = context.strokeStyle = fade(colour, alpha);
    // Without this the background would show through the seams between facets.
    context.lineWidth = 0.006;
    context.fill(path);
    if (alpha === 1) context.stroke(path);
  }
}

function craters(context, random) {
  for (let i = 0; i < 4; i += 1) {
    const [angle, off, size] = [random() * 7, 0.15 + random() * 0.5, 0.05 + random() * 0.09];
    const [x, y] = [Math.cos(angle) * off, Math.sin(angle) * off];
    context.fillStyle = fade(PALETTE.outside, 0.38);
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fill();
    context.lineWidth = 0.014;
    context.strokeStyle = fade(PALETTE.rockEdge, 0.4);
    context.beginPath();
    context.arc(x, y, size, -0.6, 2.2);
    context.stroke();
  }
}

/** The rim, bright towards the light. */
function edge(context, outer) {
  context.lineCap = 'round';
  context.lineWidth = 0.03;
  outer.forEach((a, i) => {
    const b = outer[(i + 1) % outer.length];
    const lit = ((a.x + b.x) * LIGHT.x + (a.y + b.y) * LIGHT.y) / 2;
    context.strokeStyle = fade(PALETTE.rockEdge, 0.3 + 0.7 * Math.max(0, lit));
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  });
}
