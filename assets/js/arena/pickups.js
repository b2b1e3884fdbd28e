// Pickups as sprites.

import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { BOX, GLOW, LABEL, SHOCK } from './draw/sprites.js';
import { PALETTE, TINT, ink, mix } from './palette.js';
import { RADIUS } from './ships.js';

/** Each sort's sign and colours, by its number in the rules. */
export const PICKUPS = /** @type {const} */ ([
  { sign: 'repair', colour: PALETTE.repair, tint: TINT.repair },
  { sign: 'energy', colour: PALETTE.energy, tint: TINT.energy },
  { sign: 'overdrive', colour: PALETTE.overdrive, tint: TINT.overdrive },
]);

/**
 * Adds a pickup; its sign shows its sort as well as its colour does.
 * @param {import('./draw/sprites.js').Sprites} sprites
 * @param {import('./draw/labels.js').Labels} labels
 * @param {import('./scene.js').Pickup} pickup
 * @param {number} now
 */
export function addPickup(sprites, labels, { x, y, sort, key }, now) {
  const { sign, colour, tint } = PICKUPS[sort] ?? PICKUPS[0];
  const beat = Math.sin(now * 0.004 + key);
  const half = RADIUS * (0.96 + 0.05 * beat);
  sprites.add(GLOW, x, y, 0, 44, 44, ink(tint, 0.3 + 0.08 * beat));
  sprites.add(BOX, x, y, Math.PI / 4, half, half, ink(tint, 0.9), 4, 1.8, ink(mix(TINT.hull, tint, 0.12), 0.85));
  sprites.add(SHOCK, x, y, 0, 19 + 3 * beat, 19 + 3 * beat, ink(tint, 0.18), 0.2);
  // Signs belong to the world: they scale with the box, whatever the screen.
  sprites.add(LABEL, x, y, 0, HALF_WIDTH, HALF_HEIGHT, ink(TINT.text, 1), labels.sign(sign, colour));
}
