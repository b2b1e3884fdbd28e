// A planet with rings far behind everything else: mostly in shadow, so that it does not distract
// from the game.

import { chance } from '../chance.js';
import { PALETTE, fade } from '../palette.js';

const RADIUS = 0.6;
const TILT = -0.38;
const LIT = '#4a6bb8';
const BAND = '#7d5fa8';
const RINGS = { reach: [0.76, 1.02], flat: 0.22 };

/** Paints the planet around the origin, within a radius of 1. */
export function paintPlanet(context) {
  context.save();
  context.rotate(TILT);
  rings(context, Math.PI, 2 * Math.PI);
  body(context);
  rings(context, 0, Math.PI);
  context.restore();
}

function body(context) {
  const random = chance(99);
  context.save();
  context.beginPath();
  context.arc(0, 0, RADIUS, 0, 7);
  context.clip();
  context.fillStyle = PALETTE.rockShade;
  context.fillRect(-1, -1, 2, 2);
  context.fillStyle = fade(LIT, 0.5);
  context.fillRect(-1, -1, 2, 2);
  for (let y = -RADIUS; y < RADIUS; y += 0.03 + random() * 0.07) {
    context.fillStyle = random() < 0.5 ? fade(BAND, 0.1 + random() * 0.22) : fade(PALETTE.space, 0.1 + random() * 0.2);
    context.beginPath();
    context.ellipse(0, y, RADIUS * 1.1, 0.02 + random() * 0.06, 0, 0, 7);
    context.fill();
  }
  // The shadow comes from the lower right; the tilt rotates the light's direction, too.
  const shade = context.createRadialGradient(-0.24, -0.46, 0.1, -0.12, -0.25, 0.92);
  shade.addColorStop(0, fade(PALETTE.space, 0.1));
  shade.addColorStop(0.55, fade(PALETTE.space, 0.72));
  shade.addColorStop(0.85, fade(PALETTE.space, 0.97));
  context.fillStyle = shade;
  context.fillRect(-1, -1, 2, 2);
  context.restore();
  rim(context);
}

/** The atmosphere along the lit edge. */
function rim(context) {
  for (const [width, alpha] of [[0.05, 0.14], [0.022, 0.24], [0.008, 0.6]]) {
    const light = context.createLinearGradient(-0.3, -0.55, 0.1, 0.1);
    light.addColorStop(0, fade(PALETTE.energy, alpha));
    light.addColorStop(1, fade(PALETTE.energy, 0));
    context.lineWidth = width;
    context.strokeStyle = light;
    context.beginPath();
    context.arc(0, 0, RADIUS, 0, 7);
    context.stroke();
  }
}

/** Draws the rings between two angles. */
function rings(context, from, to) {
  const random = chance(12);
  const [inner, outer] = RINGS.reach;
  context.lineWidth = 0.012;
  for (let reach = inner; reach < outer - 0.02; reach += 0.011) {
    context.strokeStyle = fade(random() < 0.3 ? BAND : PALETTE.energy, random() ** 2 * 0.24);
    context.beginPath();
    context.ellipse(0, 0, reach, reach * RINGS.flat, 0, from, to);
    context.stroke();
  }
}
