// The whole world in a corner: rocks, ships in view, where the leader is and where others fight, the
// own ship and the extent of the screen.

import { radians } from './angles.js';
import { hueOf } from './looks.js';
import { PALETTE, fade } from './palette.js';

const ROCK_MIN = 1;
/** Cells of the map in each direction: where fights are is sent by them. */
const CELLS = 16;

/**
 * What the server says once a second of the world beyond the view: the leader's place in 1/256 of the
 * world, whether the leader has a ship, and the cells with the most hits, the hottest first.
 * @typedef {{leader_x: number, leader_y: number, leads: boolean, fights: number[]}} Overview
 */

export class Minimap {
  #canvas;
  #still = document.createElement('canvas');
  /** @type {import('./world.js').World | null} */
  #world = null;
  /** @type {Overview | null} */
  overview = null;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** @param {import('./world.js').World} world */
  setWorld(world) {
    this.#world = world;
    this.overview = null;
    this.#canvas.style.aspectRatio = `${world.width} / ${world.height}`;
    this.#canvas.width = 0;
  }

  /**
   * @param {import('./scene.js').Scene} scene
   * @param {import('./camera.js').Camera} camera
   * @param {boolean} crowned whether somebody else leads
   * @param {number} now milliseconds; 0 without blinking
   */
  draw(scene, camera, crowned, now) {
    if (!this.#world || this.#canvas.clientWidth === 0) return;
    this.#fit(this.#world);
    const context = this.#canvas.getContext('2d');
    const { width, height } = this.#canvas;
    const scale = width / this.#world.width;
    const dot = width / 80;
    context.clearRect(0, 0, width, height);
    this.#drawFights(context, now);
    context.drawImage(this.#still, 0, 0);
    const { left, top, right, bottom } = camera.bounds();
    context.lineWidth = dot * 0.5;
    context.strokeStyle = fade(PALETTE.text, 0.35);
    context.strokeRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    for (const ship of scene.ships) {
      if (ship.own) continue;
      context.fillStyle = hueOf(ship.player);
      context.fillRect(ship.x * scale - dot / 2, ship.y * scale - dot / 2, dot, dot);
    }
    const { overview } = this;
    if (overview?.leads && crowned) drawCrown(context, (overview.leader_x / 256) * width, (overview.leader_y / 256) * height, dot);
    if (scene.own) drawOwn(context, scene.own, scale, dot * 1.5);
  }

  /** Rings where others fight: the hotter, the brighter. */
  #drawFights(context, now) {
    const { width, height } = this.#canvas;
    const swell = 0.9 + 0.1 * Math.sin(now / 220);
    for (const [rank, cell] of (this.overview?.fights ?? []).entries()) {
      const [x, y] = [((cell % CELLS) + 0.5) * (width / CELLS), (Math.floor(cell / CELLS) + 0.5) * (height / CELLS)];
      const reach = (width / CELLS) * 0.9 * swell;
      const light = context.createRadialGradient(x, y, 0, x, y, reach);
      light.addColorStop(0, fade(PALETTE.danger, 0.6 - 0.1 * rank));
      light.addColorStop(1, fade(PALETTE.danger, 0));
      context.fillStyle = light;
      context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
    }
  }

  /**
   * Keeps the canvas as sharp as the screen, and draws the static parts once.
   * @param {import('./world.js').World} world
   */
  #fit(world) {
    const width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    const height = Math.round(this.#canvas.clientHeight * devicePixelRatio);
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    for (const canvas of [this.#canvas, this.#still]) Object.assign(canvas, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (this.#still.getContext('2d'));
    const scale = width / world.width;
    context.fillStyle = fade(PALETTE.rockEdge, 0.7);
    for (const { x, y, radius } of world.rocks) {
      context.beginPath();
      context.arc(x * scale, y * scale, Math.max(ROCK_MIN, radius * scale), 0, 7);
      context.fill();
    }
  }
}

function drawCrown(context, x, y, dot) {
  context.fillStyle = PALETTE.lead;
  context.strokeStyle = PALETTE.outside;
  context.lineWidth = dot * 0.4;
  context.beginPath();
  for (const [dx, dy] of [[-2, -1.4], [-1, -0.1], [0, -1.8], [1, -0.1], [2, -1.4], [1.6, 1.4], [-1.6, 1.4]]) context.lineTo(x + dx * dot, y + dy * dot);
  context.closePath();
  context.stroke();
  context.fill();
}

function drawOwn(context, own, scale, size) {
  const heading = radians(own.heading);
  context.save();
  context.translate(own.x * scale, own.y * scale);
  context.rotate(heading);
  context.fillStyle = PALETTE.own;
  context.beginPath();
  context.moveTo(size * 1.4, 0);
  context.lineTo(-size, size);
  context.lineTo(-size, -size);
  context.fill();
  context.restore();
}
