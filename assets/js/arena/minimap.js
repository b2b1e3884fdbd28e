// The whole world in a corner: rocks, ships in view, the own ship and the extent of the screen.

import { radians } from './angles.js';
import { PALETTE, fade } from './palette.js';

const ROCK_MIN = 1;

export class Minimap {
  #canvas;
  #still = document.createElement('canvas');
  /** @type {import('./world.js').World | null} */
  #world = null;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** @param {import('./world.js').World} world */
  setWorld(world) {
    this.#world = world;
    this.#canvas.style.aspectRatio = `${world.width} / ${world.height}`;
    this.#canvas.width = 0;
  }

  draw(scene, camera) {
    if (!this.#world || this.#canvas.clientWidth === 0) return;
    this.#fit(this.#world);
    const context = this.#canvas.getContext('2d');
    const scale = this.#canvas.width / this.#world.width;
    const dot = this.#canvas.width / 90;
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.drawImage(this.#still, 0, 0);
    const { left, top, right, bottom } = camera.bounds();
    context.lineWidth = dot * 0.5;
    context.strokeStyle = fade(PALETTE.text, 0.35);
    context.strokeRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    context.fillStyle = PALETTE.other;
    for (const ship of scene.ships) {
      if (ship.own) continue;
      context.fillRect(ship.x * scale - dot / 2, ship.y * scale - dot / 2, dot, dot);
    }
    if (scene.own) drawOwn(context, scene.own, scale, dot * 1.5);
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
