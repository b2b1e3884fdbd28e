// The background of the game, from far to near: stars, a planet, the grid, the border and the
// rocks. The painter draws the clouds behind the stars.

import { chance } from './chance.js';
import { BOX, DISC, GLOW, ROCK, TRAIL } from './draw/sprites.js';
import { ROCK_SKINS, SKIN_REACH } from './draw/skins.js';
import { TINT, ink, mix } from './palette.js';
import { Rocks } from './rocks.js';

// Depth 0 stands still, 1 moves with the world. Lengths in CSS pixels.
const LAYERS = [
  { seed: 11, span: 700, count: 120, small: 1.1, large: 1.9, alpha: 0.5, depth: 0.06 },
  { seed: 23, span: 620, count: 40, small: 1.6, large: 2.8, alpha: 0.75, depth: 0.16 },
  { seed: 37, span: 900, count: 13, small: 2.6, large: 4.2, alpha: 1, depth: 0.32 },
];
/** Minimum size of a star with rays. */
const GLINT = 3.3;
const GRID_STEP = 100;
/** Distance of the stronger lines, every fifth; a cross marks where two of them meet. */
const STRONG_STEP = 500;
/** The planet: as a share of the world's movement, of the screen's smaller side, and its opacity. It is far
 * away and faint, since nobody can bump into it. */
const PLANET = { depth: 0.05, radius: [0.16, 0.26], alpha: 0.42 };
const STAR_TINTS = [TINT.text, TINT.text, TINT.energy, mix(TINT.text, TINT.lead, 0.4)];

export class Backdrop {
  rocks = new Rocks();
  #layers = LAYERS.map(stars);
  /** @type {{width: number, height: number} | null} */
  #world = null;
  #planet = planetOf('');

  /**
   * @param {import('./world.js').World} world
   * @param {string} room its name: each has its own sky
   */
  setWorld(world, room) {
    this.#world = world;
    this.#planet = planetOf(room);
    this.rocks.set(world.rocks);
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {import('./draw/painter.js').Eye} eye
   * @param {{left: number, right: number, top: number, bottom: number}} bounds of the screen
   */
  add(sprites, eye, bounds) {
    for (const layer of this.#layers) addStars(sprites, layer, eye);
    addPlanet(sprites, eye, this.#planet, this.#world);
    if (!this.#world) return;
    addGrid(sprites, eye, bounds, this.#world);
    addBorder(sprites, bounds, this.#world);
    this.rocks.within(bounds, ({ x, y, radius, skin }) => {
      sprites.add(DISC, x + radius * 0.1, y + radius * 0.13, 0, radius * 1.16, radius * 1.16, ink(TINT.outside, 0.6), 0.3);
      sprites.add(ROCK, x, y, 0, radius * SKIN_REACH, radius * SKIN_REACH, ink(TINT.text, 1), skin);
    });
  }
}

/** Where a room's planet is with the camera in the middle of the world, as shares of the screen from its
 * middle, and its size. */
function planetOf(room) {
  let seed = 7;
  for (const letter of room) seed = (seed * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  const random = chance(seed);
  const side = random() < 0.5 ? -1 : 1;
  const [least, most] = PLANET.radius;
  return { x: side * (0.2 + 0.2 * random()), y: (random() - 0.5) * 0.6, radius: least + (most - least) * random(), turn: (random() - 0.5) * 1.6 };
}

function addPlanet(sprites, eye, planet, world) {
  const [dx, dy] = world ? [world.width / 2 - eye.x, world.height / 2 - eye.y] : [0, 0];
  const [width, height] = [eye.width / eye.scale, eye.height / eye.scale];
  const [x, y] = [eye.x + planet.x * width + dx * PLANET.depth, eye.y + planet.y * height + dy * PLANET.depth];
  const radius = planet.radius * Math.min(width, height);
  sprites.add(ROCK, x, y, planet.turn, radius, radius, ink(TINT.text, PLANET.alpha), ROCK_SKINS);
}

function addGrid(sprites, eye, bounds, { width, height }) {
  const px = 1 / eye.scale;
  const [left, right] = [Math.max(0, bounds.left), Math.min(width, bounds.right)];
  const [top, bottom] = [Math.max(0, bounds.top), Math.min(height, bounds.bottom)];
  const [fine, strong] = [ink(TINT.line, 0.75), ink(TINT.lineStrong, 0.85)];
  for (let x = Math.ceil(left / GRID_STEP) * GRID_STEP; x <= right; x += GRID_STEP) {
    sprites.add(BOX, x, (top + bottom) / 2, 0, px / 2, (bottom - top) / 2, 0, 0, 0, x % STRONG_STEP === 0 ? strong : fine);
  }
  for (let y = Math.ceil(top / GRID_STEP) * GRID_STEP; y <= bottom; y += GRID_STEP) {
    sprites.add(BOX, (left + right) / 2, y, 0, (right - left) / 2, px / 2, 0, 0, 0, y % STRONG_STEP === 0 ? strong : fine);
  }
  const cross = ink(TINT.rockEdge, 0.75);
  for (let x = Math.ceil(left / STRONG_STEP) * STRONG_STEP; x <= right; x += STRONG_STEP) {
    for (let y = Math.ceil(top / STRONG_STEP) * STRONG_STEP; y <= bottom; y += STRONG_STEP) {
      sprites.add(BOX, x, y, 0, 7, px * 0.75, 0, 0, 0, cross);
      sprites.add(BOX, x, y, 0, px * 0.75, 7, 0, 0, 0, cross);
    }
  }
}

function addBorder(sprites, { left, right, top, bottom }, { width, height }) {
  const dark = ink(TINT.outside, 0.84);
  const side = (x1, y1, x2, y2) => {
    if (x2 > x1 && y2 > y1) sprites.add(BOX, (x1 + x2) / 2, (y1 + y2) / 2, 0, (x2 - x1) / 2, (y2 - y1) / 2, 0, 0, 0, dark);
  };
  side(left, top, Math.min(0, right), bottom);
  side(Math.max(width, left), top, right, bottom);
  side(Math.max(0, left), top, Math.min(width, right), Math.min(0, bottom));
  side(Math.max(0, left), Math.max(height, top), Math.min(width, right), bottom);
  if (left > 0 && top > 0 && right < width && bottom < height) return;
  for (const [half, alpha] of [[22, 0.16], [6, 0.2]]) {
    const light = ink(TINT.rockEdge, alpha);
    const [along, down] = [width / 2, height / 2];
    sprites.add(TRAIL, width / 2, 0, 0, along, half, light, 1, 1);
    sprites.add(TRAIL, width / 2, height, 0, along, half, light, 1, 1);
    sprites.add(TRAIL, 0, height / 2, Math.PI / 2, down, half, light, 1, 1);
    sprites.add(TRAIL, width, height / 2, Math.PI / 2, down, half, light, 1, 1);
  }
  sprites.add(BOX, width / 2, height / 2, 0, width / 2 + 1, height / 2 + 1, ink(TINT.rockEdge, 0.7), 0, 2);
}

function stars({ seed, span, count, small, large, alpha, depth }) {
  const random = chance(seed);
  const all = Array.from({ length: count }, () => ({
    x: random() * span,
    y: random() * span,
    size: small + (large - small) * random() ** 3,
    ink: ink(STAR_TINTS[Math.floor(random() * STAR_TINTS.length)], alpha * (0.35 + 0.65 * random())),
  }));
  return { all, span, depth };
}

function addStars(sprites, { all, span, depth }, eye) {
  const [left, top] = [eye.x - eye.width / 2 / eye.scale, eye.y - eye.height / 2 / eye.scale];
  const unit = 1 / eye.scale;
  for (const star of all) {
    for (let x = first(star.x - eye.x * depth, span); x < eye.width; x += span) {
      for (let y = first(star.y - eye.y * depth, span); y < eye.height; y += span) {
        const [atX, atY, size] = [left + x * unit, top + y * unit, star.size * unit];
        sprites.add(GLOW, atX, atY, 0, size, size, star.ink);
        if (star.size > GLINT) addGlint(sprites, atX, atY, size, star.ink);
      }
    }
  }
}

function addGlint(sprites, x, y, size, colour) {
  for (const angle of [0, Math.PI / 2, Math.PI, -Math.PI / 2]) {
    const reach = size * 1.5;
    sprites.add(TRAIL, x + Math.cos(angle) * reach, y + Math.sin(angle) * reach, angle, reach, size * 0.3, colour, 0.6, 0);
  }
}

/** The first position on the screen of something that repeats every `span`. */
function first(at, span) {
  return ((at % span) + span) % span;
}
