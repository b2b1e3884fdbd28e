// The canvas: draws the scene, layer by layer.

import { radians } from './angles.js';
import { Backdrop } from './backdrop.js';
import { Camera } from './camera.js';
import { PALETTE, fade } from './palette.js';
import { drawName, drawPickup, drawShip, drawShot } from './ships.js';
import { STICK_REACH } from './sticks.js';

const RATIO_MAX = 2;

export class View {
  #canvas;
  #context;
  #ratio = 1;
  #coarse = matchMedia('(pointer: coarse)');
  camera = new Camera();
  backdrop = new Backdrop();

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.#fit();
  }

  /**
   * @param {Scene} scene
   * @param {{player: number, leader: number | null, aim: number}} play who plays, who leads (both
   *   players' ids), and where the player aims at this moment (steps)
   */
  draw(scene, effects, play, now) {
    const context = this.#context;
    const { camera } = this;
    // Another screen may be sharper while the size in CSS pixels stays.
    if (this.#ratio !== ratio()) this.#fit();
    this.backdrop.drawSky(context, camera, this.#ratio);
    camera.apply(context, this.#ratio, now);
    this.backdrop.drawWorld(context, camera);
    for (const pickup of scene.pickups) drawPickup(context, pickup, now);
    context.globalCompositeOperation = 'lighter';
    effects.particles.draw(context, camera.bounds(60));
    context.globalCompositeOperation = 'source-over';
    for (const shot of scene.shots) drawShot(context, shot, play.player);
    for (const ship of scene.ships) {
      if (!ship.own) drawShip(context, ship, radians(ship.aim), now);
    }
    if (scene.own) drawShip(context, scene.own, radians(play.aim), now);
    for (const ship of scene.ships) {
      if (!ship.own) drawName(context, ship, ship.player === play.leader, camera.scale);
    }
  }

  /** The sticks that fingers hold. */
  drawSticks(...sticks) {
    const context = this.#context;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    for (const { origin, value } of sticks) {
      if (!value) continue;
      const rim = Math.hypot(value.x, value.y) > 0.92;
      context.lineWidth = 2;
      context.strokeStyle = fade(rim ? PALETTE.own : PALETTE.text, rim ? 0.8 : 0.35);
      circle(context, origin.x, origin.y, STICK_REACH);
      context.stroke();
      context.fillStyle = fade(PALETTE.text, 0.45);
      circle(context, origin.x + value.x * STICK_REACH, origin.y + value.y * STICK_REACH, 24);
      context.fill();
    }
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#ratio = ratio();
    this.#canvas.width = Math.round(clientWidth * this.#ratio);
    this.#canvas.height = Math.round(clientHeight * this.#ratio);
    this.camera.resize(Math.max(1, clientWidth), Math.max(1, clientHeight), this.#coarse.matches);
  }
}

function ratio() {
  return Math.min(RATIO_MAX, devicePixelRatio || 1);
}

function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
