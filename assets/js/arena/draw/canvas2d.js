// Draws on a 2D canvas: the same sprites as WebGL, one after another.

import { PALETTE } from '../palette.js';
import { SLOTS, slotPlace } from './labels.js';
import { SKINS } from './skins.js';
import { HULL_REACH, TILE, paintGlow, paintHull, paintSky, paintStreak } from './stamps.js';
import { BEAM, BOX, DISC, GLOW, HULL, LABEL, LIGHT, RING, ROCK, SHOCK, STREAK, TRAIL, WORDS } from './sprites.js';

const DEPTH = 0.04;
/** Above this number of sprites, ribbons and small lights are skipped: they are most of a crowd. */
const SPRITES_MANY = 6_000;
const SMALL = 20;
const LIGHTS_MAX = 64;
const HULLS_MAX = 256;
/** A disc with an edge fade above this is drawn as a glow. */
const SOFT = 0.2;

/** Layers as width (in half widths of the sprite) and opacity. */
const TRAIL_LAYERS = [[0.75, 0.16], [0.35, 0.5]];
const BEAM_LAYERS = [[0.9, 0.12], [0.6, 0.2], [0.3, 0.4]];

/** A painter; see `painter.js`. */
export class Canvas2dPainter {
  name = '2d';
  #context;
  #art;
  #sky;
  #glows = new Map();
  #streaks = new Map();
  #styles = new Map();
  /** @type {Map<number, HTMLCanvasElement>} */
  #hulls = new Map();
  #hullPixels = 0;

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('./painter.js').Art} art
   */
  constructor(context, art) {
    this.#context = context;
    this.#art = art;
    this.#sky = paintSky(art.nebula);
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
    const crowded = sprites.count > SPRITES_MANY;
    let lit = false;
    for (let at = 0; at < sprites.count * WORDS; at += WORDS) {
      const shape = floats[at + 5];
      if (crowded && (shape === TRAIL || (shape === GLOW && floats[at + 3] < SMALL))) continue;
      if (shape >= LIGHT !== lit) {
        lit = shape >= LIGHT;
        context.globalCompositeOperation = lit ? 'lighter' : 'source-over';
      }
      const cos = Math.cos(floats[at + 2]) * zoom;
      const sin = Math.sin(floats[at + 2]) * zoom;
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
    const halfX = floats[at + 3];
    const halfY = floats[at + 4];
    const a = floats[at + 6];
    const b = floats[at + 7];
    const colour = colours[at + 8];
    const fill = colours[at + 9];
    if (shape === TRAIL) this.#trail(halfX, halfY, (a + b) / 2, colour);
    else if (shape === STREAK) this.#light(this.#streaks, paintStreak, halfX, halfY, colour);
    else if (shape === BEAM) this.#beam(halfX, halfY, a, colour);
    else if (shape === GLOW || (shape === DISC && a > SOFT)) this.#light(this.#glows, paintGlow, halfX, halfX, colour);
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

  /** Draws a stretched stamp of light in this colour; `paint` creates the stamp on first use. */
  #light(stamps, paint, halfX, halfY, colour) {
    const rgb = colour & 0xffffff;
    let stamp = stamps.get(rgb);
    if (!stamp) {
      if (stamps.size >= LIGHTS_MAX) stamps.clear();
      stamp = paint(this.#style(colour));
      stamps.set(rgb, stamp);
    }
    this.#context.globalAlpha = opacity(colour);
    this.#context.drawImage(stamp, -halfX, -halfY, 2 * halfX, 2 * halfY);
  }

  /** Draws a hull. It is painted once per tint and then copied: outlines with corners are slow. */
  #hull(radius, index, colour, fill, zoom) {
    const pixels = Math.ceil(radius * zoom);
    const filled = opacity(fill) > 0;
    // A key for a hull's appearance: 24 bits per tint, the outline, and whether it is filled.
    const key = ((colour & 0xffffff) * 2 ** 24 + (fill & 0xffffff)) * 16 + index * 2 + Number(filled);
    if (pixels !== this.#hullPixels || this.#hulls.size > HULLS_MAX) {
      this.#hulls.clear();
      this.#hullPixels = pixels;
    }
    let hull = this.#hulls.get(key);
    if (!hull) {
      hull = paintHull(index, this.#style(colour), filled ? this.#style(fill) : null, pixels);
      this.#hulls.set(key, hull);
    }
    const reach = radius * HULL_REACH;
    this.#context.globalAlpha = opacity(colour);
    this.#context.drawImage(hull, -reach, -reach, 2 * reach, 2 * reach);
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
