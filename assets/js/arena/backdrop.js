// What lies behind the game: stars in depth, the grid, the border and the rocks.

import { chance } from './chance.js';
import { GRID, worldSize } from './fields.js';
import { PALETTE, fade } from './palette.js';

// Depth 0 stands still, 1 moves with the world. Lengths in CSS pixels.
const LAYERS = [
  { seed: 11, span: 640, count: 90, size: [0.8, 1.4], alpha: 0.55, depth: 0.06 },
  { seed: 23, span: 560, count: 34, size: [1.1, 1.7], alpha: 0.8, depth: 0.16 },
  { seed: 37, span: 720, count: 14, size: [1.5, 2.2], alpha: 1, depth: 0.32 },
];
const CLOUDS = { seed: 5, span: 1100, depth: 0.03, tints: ['#1c2d66', '#3b1d52', '#10405a'] };
const GRID_STEP = 100;
const CELL = 800;

export class Backdrop {
  #clouds = clouds(CLOUDS);
  #layers = LAYERS.map(stars);
  #rocks = new Map();
  #world = null;

  /** Takes the map of a welcome: lengths in grid units. */
  setMap(map) {
    this.#world = worldSize(map);
    this.#rocks.clear();
    map.rocks.forEach(({ x, y, radius }, i) => {
      const rock = makeRock(x / GRID, y / GRID, radius / GRID, i);
      const cell = `${Math.floor(rock.x / CELL)},${Math.floor(rock.y / CELL)}`;
      if (!this.#rocks.has(cell)) this.#rocks.set(cell, []);
      this.#rocks.get(cell).push(rock);
    });
  }

  /** The sky: covers the whole canvas. */
  drawSky(context, camera, ratio) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { span, depth } = CLOUDS;
    for (const x of repeats(camera.x * depth, span, camera.width)) {
      for (const y of repeats(camera.y * depth, span, camera.height)) context.drawImage(this.#clouds, x, y);
    }
    for (const layer of this.#layers) drawStars(context, layer, camera);
  }

  /** Grid, border and rocks, in world units. */
  drawWorld(context, camera) {
    if (!this.#world) return;
    const bounds = camera.bounds(20);
    this.#drawGrid(context, bounds);
    this.#drawBorder(context, bounds);
    const [first, last] = [cellOf(bounds.left - 200, bounds.top - 200), cellOf(bounds.right + 200, bounds.bottom + 200)];
    for (let x = first.x; x <= last.x; x += 1) {
      for (let y = first.y; y <= last.y; y += 1) {
        for (const rock of this.#rocks.get(`${x},${y}`) ?? []) drawRock(context, rock);
      }
    }
  }

  #drawGrid(context, bounds) {
    const { width, height } = this.#world;
    const [left, right] = [Math.max(0, bounds.left), Math.min(width, bounds.right)];
    const [top, bottom] = [Math.max(0, bounds.top), Math.min(height, bounds.bottom)];
    context.lineWidth = 1;
    for (const strong of [false, true]) {
      context.beginPath();
      for (let x = Math.ceil(left / GRID_STEP) * GRID_STEP; x <= right; x += GRID_STEP) {
        if ((x % (GRID_STEP * 5) === 0) === strong) line(context, x, top, x, bottom);
      }
      for (let y = Math.ceil(top / GRID_STEP) * GRID_STEP; y <= bottom; y += GRID_STEP) {
        if ((y % (GRID_STEP * 5) === 0) === strong) line(context, left, y, right, y);
      }
      context.strokeStyle = fade(strong ? PALETTE.lineStrong : PALETTE.line, strong ? 0.8 : 0.55);
      context.stroke();
    }
  }

  #drawBorder(context, bounds) {
    const { width, height } = this.#world;
    if (bounds.left > 0 && bounds.top > 0 && bounds.right < width && bounds.bottom < height) return;
    context.fillStyle = fade(PALETTE.outside, 0.82);
    context.beginPath();
    context.rect(bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top);
    context.rect(0, 0, width, height);
    context.fill('evenodd');
    for (const [lineWidth, alpha] of [[14, 0.12], [6, 0.25], [2, 0.95]]) {
      context.lineWidth = lineWidth;
      context.strokeStyle = fade(PALETTE.danger, alpha);
      context.strokeRect(0, 0, width, height);
    }
  }
}

function line(context, x1, y1, x2, y2) {
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
}

function cellOf(x, y) {
  return { x: Math.floor(x / CELL), y: Math.floor(y / CELL) };
}

/** Where copies of something `span` long begin on a screen that shows `shift` onwards. */
function repeats(shift, span, length) {
  const first = -(((Math.round(shift) % span) + span) % span);
  return Array.from({ length: Math.ceil((length - first) / span) }, (_, i) => first + i * span);
}

function stars({ seed, span, count, size: [small, large], alpha, depth }) {
  const random = chance(seed);
  const all = Array.from({ length: count }, () => ({
    x: random() * span,
    y: random() * span,
    size: small + (large - small) * random() ** 3,
    colour: fade(random() < 0.25 ? PALETTE.energy : PALETTE.text, alpha * (0.35 + 0.65 * random())),
  }));
  return { all, span, depth };
}

function drawStars(context, { all, span, depth }, camera) {
  const [shiftX, shiftY] = [camera.x * depth, camera.y * depth];
  for (const { x, y, size, colour } of all) {
    context.fillStyle = colour;
    for (const left of repeats(shiftX - x, span, camera.width)) {
      for (const top of repeats(shiftY - y, span, camera.height)) context.fillRect(left, top, size, size);
    }
  }
}

/** A tile that goes on across its edges, without transparency so that it is copied as it is. */
function clouds({ seed, span, tints }) {
  const random = chance(seed);
  const tile = document.createElement('canvas');
  tile.width = tile.height = span;
  const context = tile.getContext('2d', { alpha: false });
  context.fillStyle = PALETTE.space;
  context.fillRect(0, 0, span, span);
  for (let i = 0; i < 9; i += 1) {
    const radius = 160 + random() * 220;
    const [x, y] = [random() * span, random() * span];
    const tint = tints[i % tints.length];
    for (const dx of [-span, 0, span]) {
      for (const dy of [-span, 0, span]) {
        const glow = context.createRadialGradient(x + dx, y + dy, 0, x + dx, y + dy, radius);
        glow.addColorStop(0, fade(tint, 0.34));
        glow.addColorStop(1, fade(tint, 0));
        context.fillStyle = glow;
        context.fillRect(0, 0, span, span);
      }
    }
  }
  return tile;
}

/** A rock's shape stays close to the circle that ships bounce off. */
function makeRock(x, y, radius, seed) {
  const random = chance(seed * 7919 + 17);
  const corners = Math.max(9, Math.round(Math.sqrt(radius) * 1.7));
  const [outline, shade] = [new Path2D(), new Path2D()];
  for (let i = 0; i < corners; i += 1) {
    const angle = ((i + (random() - 0.5) * 0.5) / corners) * 2 * Math.PI;
    const reach = radius * (0.95 + random() * 0.08);
    // Light falls from the upper left: there the shade keeps away from the edge.
    const lit = reach * (0.65 + 0.35 * Math.min(1, Math.cos(angle - Math.PI / 4) + 0.5));
    outline.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
    shade.lineTo(x + Math.cos(angle) * lit, y + Math.sin(angle) * lit);
  }
  outline.closePath();
  const craters = new Path2D();
  for (let i = 0; i < Math.ceil(radius / 24); i += 1) {
    const [angle, off, size] = [random() * 7, random() * radius * 0.6, radius * (0.08 + random() * 0.12)];
    const [cx, cy] = [x + Math.cos(angle) * off, y + Math.sin(angle) * off];
    craters.moveTo(cx + size, cy);
    craters.arc(cx, cy, size, 0, 7);
  }
  return { x, y, outline, shade, craters };
}

function drawRock(context, { outline, shade, craters }) {
  context.fillStyle = PALETTE.rockFill;
  context.fill(outline);
  context.fillStyle = PALETTE.rockShade;
  context.fill(shade);
  context.fillStyle = fade(PALETTE.outside, 0.35);
  context.fill(craters);
  context.lineWidth = 1.6;
  context.lineJoin = 'round';
  context.strokeStyle = PALETTE.rockEdge;
  context.stroke(outline);
}
