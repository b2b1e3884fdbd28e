// Ships, shots and pickups as shapes, in world units.

import { radians } from './angles.js';
import { isHurt, shotColour } from './effects.js';
import { BOOST, HP_MAX, RADIUS, THRUST } from './fields.js';
import { PALETTE, fade } from './palette.js';

const HULL = new Path2D('M 17 0 L -9 12 L -13 7 L -8 0 L -13 -7 L -9 -12 Z');
const CANOPY = new Path2D('M 8 0 L -2 4 L -5 0 L -2 -4 Z');
const FADE_IN_MS = 180;
const SHIELD_WARNING = 30;
const ARC = { from: Math.PI * 0.62, span: Math.PI * 1.76 };

/** Draws a ship; `aim` in radians. */
export function drawShip(context, ship, aim, now) {
  const colour = ship.own ? PALETTE.own : PALETTE.other;
  const hurt = isHurt(ship);
  context.save();
  context.globalAlpha = Math.min(1, (now - ship.bornAt) / FADE_IN_MS);
  context.translate(ship.x, ship.y);
  if (ship.own) drawGlow(context);
  drawGun(context, aim, colour);
  context.rotate(radians(ship.heading));
  if (ship.buttons & (THRUST | BOOST)) drawFlame(context, ship.buttons & BOOST, colour, now + ship.key * 37);
  context.fillStyle = '#0b1120';
  context.fill(HULL);
  context.fillStyle = fade(colour, ship.own ? 0.34 : 0.2);
  context.fill(HULL);
  context.lineJoin = 'round';
  context.lineWidth = ship.own ? 2.2 : 1.8;
  context.strokeStyle = hurt && now % 500 < 250 ? PALETTE.danger : colour;
  context.stroke(HULL);
  context.fillStyle = colour;
  context.fill(CANOPY);
  context.rotate(-radians(ship.heading));
  if (ship.shield > 0) drawShield(context, ship, colour, now);
  else if (ship.own || ship.hp < HP_MAX) drawHealth(context, ship, hurt ? PALETTE.danger : colour);
  context.restore();
}

/** Lets the own ship be found at a glance. */
function drawGlow(context) {
  const light = context.createRadialGradient(0, 0, 6, 0, 0, 58);
  light.addColorStop(0, fade(PALETTE.own, 0.2));
  light.addColorStop(1, fade(PALETTE.own, 0));
  context.fillStyle = light;
  context.fillRect(-58, -58, 116, 116);
}

function drawGun(context, aim, colour) {
  const [x, y] = [Math.cos(aim), Math.sin(aim)];
  context.lineCap = 'round';
  context.strokeStyle = fade(colour, 0.9);
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x * 17, y * 17);
  context.lineTo(x * 22, y * 22);
  context.stroke();
}

function drawFlame(context, boosting, colour, now) {
  const flicker = 0.8 + 0.2 * Math.sin(now * 0.045);
  const length = (boosting ? 26 : 15) * flicker;
  for (const [width, reach, tint] of [[5.5, length, fade(colour, 0.45)], [3, length * 0.6, PALETTE.text]]) {
    context.fillStyle = tint;
    context.beginPath();
    context.moveTo(-9, width);
    context.lineTo(-9 - reach, 0);
    context.lineTo(-9, -width);
    context.fill();
  }
}

function drawShield(context, ship, colour, now) {
  if (ship.shield < SHIELD_WARNING && now % 400 < 160) return;
  context.fillStyle = fade(colour, 0.1);
  context.strokeStyle = fade(PALETTE.text, 0.85);
  context.lineWidth = 1.6;
  context.setLineDash([9, 6]);
  context.lineDashOffset = -now * 0.02;
  context.beginPath();
  context.arc(0, 0, RADIUS + 12, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.setLineDash([]);
}

function drawHealth(context, ship, colour) {
  const radius = RADIUS + 10;
  context.lineCap = 'round';
  context.lineWidth = 2.6;
  context.strokeStyle = fade(colour, 0.16);
  context.beginPath();
  context.arc(0, 0, radius, ARC.from, ARC.from + ARC.span);
  context.stroke();
  if (ship.hp <= 0) return;
  context.strokeStyle = fade(colour, 0.95);
  context.beginPath();
  context.arc(0, 0, radius, ARC.from, ARC.from + (ARC.span * ship.hp) / HP_MAX);
  context.stroke();
}

/** Draws a ship's name below it; `leads` if nobody in the room has more points. */
export function drawName(context, ship, leads, scale) {
  if (!ship.name) return;
  const size = 12 / scale;
  const streak = ship.streak >= 3 ? `  ×${ship.streak}` : '';
  const text = `${leads ? '◆ ' : ''}${ship.name}${streak}`;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.fillStyle = leads ? PALETTE.overdrive : fade(PALETTE.text, 0.82);
  context.fillText(text, ship.x, ship.y + RADIUS + 16);
}

/** Draws a shot as a streak along its way. */
export function drawShot(context, shot, player) {
  const colour = shotColour(shot, player);
  const speed = Math.hypot(shot.vx, shot.vy) || 1;
  const [dx, dy] = [(shot.vx / speed) * 20, (shot.vy / speed) * 20];
  context.lineCap = 'round';
  for (const [width, tint, reach] of [[8, fade(colour, 0.2), 1], [3.6, colour, 1], [1.6, PALETTE.text, 0.5]]) {
    context.strokeStyle = tint;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(shot.x, shot.y);
    context.lineTo(shot.x - dx * reach, shot.y - dy * reach);
    context.stroke();
  }
}

const SIGNS = [
  { colour: PALETTE.repair, path: new Path2D('M -7 -2.5 H -2.5 V -7 H 2.5 V -2.5 H 7 V 2.5 H 2.5 V 7 H -2.5 V 2.5 H -7 Z') },
  { colour: PALETTE.energy, path: new Path2D('M 2 -9 L -6 2 H -1 L -2 9 L 6 -2 H 1 Z') },
  { colour: PALETTE.overdrive, path: new Path2D('M 0 -9 L 2.6 -2.8 L 9 -2.6 L 4 1.6 L 5.6 8 L 0 4.4 L -5.6 8 L -4 1.6 L -9 -2.6 L -2.6 -2.8 Z') },
];

/** Draws a pickup: its sort is told by its sign as well as by its colour. */
export function drawPickup(context, pickup, now) {
  const { colour, path } = SIGNS[pickup.sort] ?? SIGNS[0];
  const beat = 1 + 0.06 * Math.sin(now * 0.004 + pickup.key);
  context.save();
  context.translate(pickup.x, pickup.y);
  context.scale(beat, beat);
  context.fillStyle = fade(colour, 0.1);
  context.strokeStyle = fade(colour, 0.75);
  context.lineWidth = 1.6;
  context.beginPath();
  context.roundRect(-RADIUS, -RADIUS, 2 * RADIUS, 2 * RADIUS, 8);
  context.fill();
  context.stroke();
  context.fillStyle = colour;
  context.fill(path);
  context.restore();
}
