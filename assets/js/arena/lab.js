// The lag lab's overlay: the confirmed state beside the picture, the unacknowledged inputs, and the
// view with the grid that the server searches.

import { radians } from './angles.js';
import { OTHER_HULLS } from './draw/hulls.js';
import { BOX, DISC, HULL, RING } from './draw/sprites.js';
import { TINT, ink } from './palette.js';
import { HULL_RADIUS, RADIUS } from './ships.js';

/**
 * The content of the overlay, in world units. `ghosts` is the confirmed state, `path` is the own
 * position after each pending input as x, y pairs, `view` is the middle and extent of the server's
 * view.
 * @typedef {{
 *   ghosts: import('./scene.js').Scene | null,
 *   path: Float32Array | null,
 *   view: {x: number, y: number, halfX: number, halfY: number, margin: number, cell: number} | null,
 * }} Lab
 */

const TICK = 6;

/**
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {Lab} lab
 * @param {import('./scene.js').Scene} scene
 * @param {{bounds: {left: number, right: number, top: number, bottom: number}, scale: number}} screen
 */
export function addLab(sprites, lab, scene, { bounds, scale }) {
  const px = 1 / scale;
  if (lab.view) {
    addView(sprites, lab.view, bounds, px);
    for (const entity of scene.all()) addTick(sprites, entity.x, entity.y, px);
  }
  if (lab.path) addPath(sprites, lab.path, px);
  if (lab.ghosts) addGhosts(sprites, lab.ghosts, px);
}

function addView(sprites, view, bounds, px) {
  const { x, y, cell } = view;
  const thin = ink(TINT.truth, 0.16);
  const [midX, midY] = [(bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2];
  const [halfX, halfY] = [(bounds.right - bounds.left) / 2, (bounds.bottom - bounds.top) / 2];
  if (cell > 0) {
    for (let at = Math.ceil(bounds.left / cell) * cell; at <= bounds.right; at += cell) sprites.add(BOX, at, midY, 0, px / 2, halfY, 0, 0, 0, thin);
    for (let at = Math.ceil(bounds.top / cell) * cell; at <= bounds.bottom; at += cell) sprites.add(BOX, midX, at, 0, halfX, px / 2, 0, 0, 0, thin);
  }
  const rectangle = (margin, line, alpha, fill) =>
    sprites.add(BOX, x, y, 0, view.halfX + margin, view.halfY + margin, ink(TINT.truth, alpha), 0, line * px, ink(TINT.truth, fill));
  rectangle(0, 2, 0.8, 0.03);
  rectangle(view.margin, 1.2, 0.4, 0);
}

/** A corner mark on an entity in the view. */
function addTick(sprites, x, y, px) {
  const size = TICK * px;
  const [left, top] = [x - RADIUS - 7, y - RADIUS - 7];
  const colour = ink(TINT.truth, 0.75);
  sprites.add(BOX, left + size / 2, top, 0, size / 2, 0.7 * px, 0, 0, 0, colour);
  sprites.add(BOX, left, top + size / 2, 0, 0.7 * px, size / 2, 0, 0, 0, colour);
}

function addPath(sprites, path, px) {
  for (let at = 0; at + 1 < path.length; at += 2) {
    const [x, y] = [path[at], path[at + 1]];
    if (at > 0) sprites.line(path[at - 2], path[at - 1], x, y, 1.2 * px, ink(TINT.own, 0.55));
    sprites.add(DISC, x, y, 0, (at === 0 ? 4 : 2.4) * px, (at === 0 ? 4 : 2.4) * px, ink(at === 0 ? TINT.truth : TINT.own, 0.95));
  }
}

function addGhosts(sprites, { ships, shots }, px) {
  const colour = ink(TINT.truth, 0.85);
  for (const { x, y, heading } of ships) sprites.add(HULL, x, y, radians(heading), HULL_RADIUS, HULL_RADIUS, colour, OTHER_HULLS[0], 0, 0);
  for (const { x, y } of shots) sprites.add(RING, x, y, 0, 5, 5, colour, 1.3 * px, 0, 0);
}
