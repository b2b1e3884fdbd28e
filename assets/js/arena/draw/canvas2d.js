// Draws on a 2D canvas: the same sprites as WebGL, one after the other.

import { PALETTE } from '../palette.js';
import { CANOPY, HULLS } from './hulls.js';
import { SLOTS, slotPlace } from './labels.js';
import { SKINS } from './skins.js';
import { BEAM, BOX, DISC, GLOW, HULL, LABEL, LIGHT, RING, ROCK, SHOCK, STREAK, TRAIL, WORDS } from './sprites.js';

const TILE = 1400;
const DEPTH = 0.04;
const GLOW_SIZE = 64;
const GLOWS_MAX = 64;
/** A disc whose edge fades over more than this is drawn as a glow. */
const SOFT = 0.2;

/** Widths in half widths of the sprite, their opacity, and the share of its length. */
const CORE = 0.34;
const STREAK_LAYERS = [[0.95, 0.28, 1], [0.6, 0.8, 0.85], [CORE, 1, 0.45]];
const TRAIL_LAYERS = [[0.75, 0.16], [0.35, 0.5]];
const BEAM_LAYERS = [[0.9, 0.12], [0.6, 0.2], [0.3, 0.4]];

const PATHS = HULLS.map((half) => {
  const side = new Path2D();
  const whole = new Path2D();
  half.forEach(([x, y]) => side.lineTo(x, y));
  [...half, ...half.slice(1, -1).reverse().map(([x, y]) => [x, -y])].forEach(([x, y]) => whole.lineTo(x, y));
  side.closePath();
  whole.closePath();
  return { side, whole };
});

/** A painter, as `painter.js` describes it. */
export class Canvas2dPainter {
  name = '2d';
  #context;
  #art;
  #sky;
  #glows = new Map();
  #styles = new Map();

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('./painter.js').Art} art
   */
  constructor(context, art) {
    this.#context = context;
    this.#art = art;
    this.#sky = sky(art.nebula);
  }

  /**
   * @param {import('./sprites.js').Sprites} sprites
   * @param {import('./painter.js').Eye} eye
   */
  draw(sprites, eye) {
    const context = this.#context;
    this.#art.labels.painted.length = 0;
    this.#drawSky(eye);
    const zoom = eye.scale * eye.ratio;
    const [left, top] = [(eye.width / 2) * eye.ratio - eye.x * zoom, (eye.height / 2) * eye.ratio - eye.y * zoom];
    const { floats, colours } = sprites;
    let lit = false;
    for (let at = 0; at < sprites.count * WORDS; at += WORDS) {
      const shape = floats[at + 5];
      if (shape >= LIGHT !== lit) {
        lit = shape >= LIGHT;
        context.globalCompositeOperation = lit ? 'lighter' : 'source-over';
      }
      const [cos, sin] = [Math.cos(floats[at + 2]) * zoom, Math.sin(floats[at + 2]) * zoom];
      context.setTransform(cos, sin, -sin, cos, left + floats[at] * zoom, top + floats[at + 1] * zoom);
      this.#sprite(shape, floats, colours, at, zoom);
    }
    context.globalCompositeOperation = 'source-over';
    context.globalAlpha = 1;
  }

  #drawSky(eye) {
    const context = this.#context;
    context.setTransform(eye.ratio, 0, 0, eye.ratio, 0, 0);
    const first = (shift) => -(((Math.round(shift) % TILE) + TILE) % TILE);
    for (let x = first(eye.x * DEPTH); x < eye.width; x += TILE) {
      for (let y = first(eye.y * DEPTH); y < eye.height; y += TILE) context.drawImage(this.#sky, x, y);
    }
  }

  #sprite(shape, floats, colours, at, zoom) {
    const [halfX, halfY, a, b] = [floats[at + 3], floats[at + 4], floats[at + 6], floats[at + 7]];
    const [colour, fill] = [colours[at + 8], colours[at + 9]];
    if (shape === TRAIL) this.#trail(halfX, halfY, (a + b) / 2, colour);
    else if (shape === STREAK) this.#streak(halfX, halfY, a, colour);
    else if (shape === BEAM) this.#beam(halfX, halfY, a, colour);
    else if (shape === GLOW || (shape === DISC && a > SOFT)) this.#glow(halfX, colour);
    else if (shape === HULL) this.#hull(halfX, a, colour, fill, zoom);
    else if (shape === ROCK) this.#copy(this.#art.skins, skinPlace(a), SKINS.size, SKINS.size, halfX, halfY, colour);
    else if (shape === LABEL) this.#copy(this.#art.labels.canvas, slotPlace(a), SLOTS.width, SLOTS.height, halfX, halfY, colour);
    else if (shape === BOX) this.#box(halfX, halfY, a, b, colour, fill);
    else this.#circle(shape, halfX, a, b, colour, fill);
  }

  #trail(halfX, halfY, strength, colour) {
    const context = this.#context;
    context.fillStyle = this.#style(colour);
    for (const [width, alpha] of TRAIL_LAYERS) {
      context.globalAlpha = opacity(colour) * strength * alpha;
      context.fillRect(-halfX, -halfY * width, 2 * halfX, 2 * halfY * width);
    }
  }

  /** A wedge that ends in a round head, thrice: its glow, its body and its white core. */
  #streak(halfX, halfY, core, colour) {
    const context = this.#context;
    const strength = opacity(colour);
    const head = halfX - halfY;
    for (const [width, alpha, length] of STREAK_LAYERS) {
      const white = width === CORE;
      context.globalAlpha = strength * (white ? core : alpha);
      context.fillStyle = white ? PALETTE.text : this.#style(colour);
      context.beginPath();
      context.moveTo(head - (head + halfX) * length, 0);
      context.arc(head, 0, halfY * width, -Math.PI / 2, Math.PI / 2);
      context.fill();
    }
  }

  #beam(halfX, halfY, core, colour) {
    const context = this.#context;
    for (const [width, alpha] of BEAM_LAYERS) {
      context.globalAlpha = opacity(colour) * alpha;
      context.fillStyle = this.#style(colour);
      context.fillRect(-halfX, -halfY * width, 2 * halfX, 2 * halfY * width);
    }
    if (core === 0) return;
    context.globalAlpha = opacity(colour);
    context.fillStyle = PALETTE.text;
    context.fillRect(-halfX, -halfY * core * 0.6, 2 * halfX, 2 * halfY * core * 0.6);
  }

  #glow(radius, colour) {
    const rgb = colour & 0xffffff;
    let glow = this.#glows.get(rgb);
    if (!glow) {
      if (this.#glows.size >= GLOWS_MAX) this.#glows.clear();
      glow = paintGlow(this.#style(colour));
      this.#glows.set(rgb, glow);
    }
    this.#context.globalAlpha = opacity(colour);
    this.#context.drawImage(glow, -radius, -radius, 2 * radius, 2 * radius);
  }

  #hull(radius, index, colour, fill, zoom) {
    const context = this.#context;
    const { side, whole } = PATHS[index];
    context.scale(radius, radius);
    context.globalAlpha = opacity(fill);
    context.fillStyle = this.#style(fill);
    context.fill(whole);
    context.globalAlpha = opacity(fill) * opacity(colour) * 0.22;
    context.fillStyle = this.#style(colour);
    context.fill(whole);
    context.fill(side);
    context.globalAlpha = opacity(colour);
    context.strokeStyle = this.#style(colour);
    context.lineJoin = 'round';
    context.lineWidth = Math.max(0.17, 1.5 / (radius * zoom));
    context.stroke(whole);
    context.globalAlpha = opacity(fill) * opacity(colour);
    context.beginPath();
    context.ellipse(CANOPY.x, 0, CANOPY.halfX, CANOPY.halfY, 0, 0, 7);
    context.fill();
  }

  #copy(sheet, { x, y }, width, height, halfX, halfY, colour) {
    this.#context.globalAlpha = opacity(colour);
    this.#context.drawImage(sheet, x, y, width, height, -halfX, -halfY, 2 * halfX, 2 * halfY);
  }

  #box(halfX, halfY, radius, line, colour, fill) {
    const context = this.#context;
    context.beginPath();
    if (radius > 0) context.roundRect(-halfX, -halfY, 2 * halfX, 2 * halfY, radius);
    else context.rect(-halfX, -halfY, 2 * halfX, 2 * halfY);
    if (opacity(fill) > 0) {
      context.globalAlpha = opacity(fill);
      context.fillStyle = this.#style(fill);
      context.fill();
    }
    if (line > 0) this.#outline(line, colour, 1);
  }

  #circle(shape, radius, a, b, colour, fill) {
    const context = this.#context;
    const shown = shape === RING && b > 0 && b < 1 ? b * Math.PI : Math.PI;
    context.beginPath();
    context.arc(0, 0, shape === SHOCK ? radius * (1 - a / 3) : radius, -shown, shown);
    if (shown === Math.PI) context.closePath();
    const inside = shape === DISC ? colour : shape === RING ? fill : 0;
    if (opacity(inside) > 0) {
      context.globalAlpha = opacity(inside) * (shape === DISC ? 1 : 0.5);
      context.fillStyle = this.#style(inside);
      context.fill();
    }
    if (shape === DISC) return;
    const dash = b >= 2 ? (Math.PI * radius) / b : 0;
    if (dash > 0) context.setLineDash([dash, dash]);
    context.lineCap = 'butt';
    if (shape === SHOCK) this.#outline(radius * a * 0.9, colour, 0.3);
    this.#outline(shape === SHOCK ? radius * a * 0.4 : a, colour, shape === SHOCK ? 0.5 : 1);
    if (dash > 0) context.setLineDash([]);
  }

  #outline(width, colour, share) {
    const context = this.#context;
    context.globalAlpha = opacity(colour) * share;
    context.strokeStyle = this.#style(colour);
    context.lineWidth = width;
    context.stroke();
  }

  #style(colour) {
    const rgb = colour & 0xffffff;
    let style = this.#styles.get(rgb);
    if (!style) {
      if (this.#styles.size > 512) this.#styles.clear();
      style = `rgb(${rgb & 255}, ${(rgb >> 8) & 255}, ${rgb >> 16})`;
      this.#styles.set(rgb, style);
    }
    return style;
  }
}

function opacity(colour) {
  return (colour >>> 24) / 255;
}

function skinPlace(skin) {
  return { x: (skin % SKINS.columns) * SKINS.size, y: Math.floor(skin / SKINS.columns) * SKINS.size };
}

function paintGlow(style) {
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

/** Space and clouds as one tile without transparency, so that it is copied as it is. */
function sky(nebula) {
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
