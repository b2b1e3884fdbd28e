// Short-lived marks: sparks, embers, rings and words. A fixed number; the oldest makes room.

import { fade } from './palette.js';

const PARTICLES_MAX = 700;

export class Particles {
  #all = [];
  #next = 0;

  /**
   * Adds one. `shape` is 'dot', 'glow', 'streak', 'ring' or 'word'; lengths in world units, `life` in
   * milliseconds, `drag` is the share of speed lost per second.
   */
  add({ shape = 'dot', x, y, vx = 0, vy = 0, life, size, colour, grow = 0, drag = 2, alpha = 1, text = '' }) {
    const particle = { shape, x, y, vx, vy, age: 0, life, size, colour, grow, drag, alpha, text };
    this.#all[this.#next] = particle;
    this.#next = (this.#next + 1) % PARTICLES_MAX;
  }

  /** Moves all on. */
  advance(ms) {
    const seconds = ms / 1000;
    for (const particle of this.#all) {
      if (particle.age >= particle.life) continue;
      particle.age += ms;
      const kept = Math.exp(-particle.drag * seconds);
      particle.vx *= kept;
      particle.vy *= kept;
      particle.x += particle.vx * seconds;
      particle.y += particle.vy * seconds;
    }
  }

  draw(context, bounds) {
    context.lineCap = 'round';
    for (const particle of this.#all) {
      const { x, y, age, life } = particle;
      if (age >= life || x < bounds.left || x > bounds.right || y < bounds.top || y > bounds.bottom) continue;
      context.globalAlpha = particle.alpha * (1 - age / life);
      SHAPES[particle.shape](context, particle, age / life);
    }
    context.globalAlpha = 1;
  }
}

const SHAPES = {
  dot(context, { x, y, size, colour, grow }, part) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, Math.max(0.1, size + grow * part), 0, 7);
    context.fill();
  },
  glow(context, { x, y, size, colour, grow }, part) {
    const radius = size + grow * part;
    const light = context.createRadialGradient(x, y, 0, x, y, radius);
    light.addColorStop(0, colour);
    light.addColorStop(0.35, fade(colour, 0.45));
    light.addColorStop(1, fade(colour, 0));
    context.fillStyle = light;
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  },
  streak(context, { x, y, vx, vy, size, colour }) {
    context.strokeStyle = colour;
    context.lineWidth = size;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - vx * 0.045, y - vy * 0.045);
    context.stroke();
  },
  ring(context, { x, y, size, colour, grow }, part) {
    const eased = 1 - (1 - part) ** 3;
    context.strokeStyle = colour;
    context.lineWidth = 3 * (1 - part) + 0.5;
    context.beginPath();
    context.arc(x, y, size + grow * eased, 0, 7);
    context.stroke();
  },
  word(context, { x, y, size, colour, text }) {
    context.font = `700 ${size}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.lineWidth = 3;
    context.strokeStyle = fade('#04060c', 0.8);
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  },
};
