// What concerns the own ship, drawn on the picture: where hits came from, who destroyed it and from
// where, and the words beside the ship about its protection.

import { radians } from './angles.js';
import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { DISC, GLOW, LABEL, RING } from './draw/sprites.js';
import { PALETTE, TINT, ink } from './palette.js';
import { RADIUS } from './ships.js';
import { texts } from './texts/index.js';

/** How long the direction of a hit is shown, milliseconds. */
const HIT_MS = 900;
const HITS_MAX = 6;
const HIT_ARC = { radius: 74, width: 7, span: 0.16 };
const KILLER_RADIUS = RADIUS + 24;
/** Dashes along the path of the shot that destroyed the own ship, world units. */
const DASH = 14;

/**
 * Who destroyed the own ship, in world units: the place of the own ship and that of the killer then, the
 * hit points that the killer had left, and whether it was the rail.
 * @typedef {{killer: number, x: number, y: number, fromX: number, fromY: number, hull: number, rail: boolean}} Fate
 */

export class Marks {
  #hits = /** @type {{angle: number, at: number, strength: number}[]} */ ([]);
  /** @type {Fate | null} */
  #fate = null;

  /** Forgets the last life. */
  clear() {
    this.#hits.length = 0;
    this.#fate = null;
  }

  /**
   * Notes a hit on the own ship.
   * @param {number} aim direction in which the shot flew, 256 steps
   * @param {number} damage hit points
   * @param {number} now milliseconds
   */
  hit(aim, damage, now) {
    if (this.#hits.length === HITS_MAX) this.#hits.shift();
    this.#hits.push({ angle: radians(aim) + Math.PI, at: now, strength: Math.min(1, 0.45 + damage / 60) });
  }

  /** Notes that the own ship was destroyed by somebody. @param {Fate} fate */
  killed(fate) {
    this.#fate = fate;
  }

  /**
   * @param {import('./draw/sprites.js').Sprites} sprites
   * @param {import('./draw/labels.js').Labels} labels
   * @param {import('./scene.js').Scene} scene
   * @param {{scale: number, now: number, protection: string}} showing CSS pixels per world unit, milliseconds, and the
   *   words about the protection, empty without any
   */
  add(sprites, labels, { own, ships }, { scale, now, protection }) {
    if (!own) return this.#addFate(sprites, labels, ships, scale);
    this.#fate = null;
    this.#addHits(sprites, own, now);
    if (protection) addWords(sprites, labels, own, protection, scale);
  }

  #addHits(sprites, { x, y }, now) {
    const { radius, width, span } = HIT_ARC;
    while (this.#hits.length > 0 && now - this.#hits[0].at >= HIT_MS) this.#hits.shift();
    for (const { angle, at, strength } of this.#hits) {
      const left = 1 - (now - at) / HIT_MS;
      sprites.add(RING, x, y, angle, radius, radius, ink(TINT.danger, strength * left), width, span);
      sprites.add(GLOW, x + Math.cos(angle) * radius, y + Math.sin(angle) * radius, 0, 26, 26, ink(TINT.danger, 0.5 * strength * left));
    }
  }

  /** The killer, and the path of its shot. */
  #addFate(sprites, labels, ships, scale) {
    const fate = this.#fate;
    if (!fate) return;
    const ship = ships.find(({ player }) => player === fate.killer);
    const { x, y } = ship ?? { x: fate.fromX, y: fate.fromY };
    addDashes(sprites, fate, scale);
    const hull = Math.min(0.999, Math.max(0.001, (ship?.hull ?? fate.hull)));
    sprites.add(RING, x, y, -Math.PI / 2, KILLER_RADIUS, KILLER_RADIUS, ink(TINT.danger, 0.3), 3);
    sprites.add(RING, x, y, -Math.PI / 2, KILLER_RADIUS, KILLER_RADIUS, ink(TINT.danger, 0.95), 3, hull);
    const text = labels.text(texts.marks.killer(Math.round(fate.hull * 100)), PALETTE.danger, 12);
    sprites.add(LABEL, x, y - KILLER_RADIUS - 12 / scale, 0, HALF_WIDTH / scale, HALF_HEIGHT / scale, ink(TINT.text, 1), text);
  }
}

/** A dashed line from where the killer was to where the own ship was; a rail's is denser. */
function addDashes(sprites, { x, y, fromX, fromY, rail }, scale) {
  const [dx, dy] = [x - fromX, y - fromY];
  const far = Math.hypot(dx, dy);
  const step = rail ? DASH : 2 * DASH;
  for (let at = KILLER_RADIUS; at + DASH * 0.6 < far; at += step) {
    const [from, to] = [at / far, (at + DASH * 0.6) / far];
    sprites.line(fromX + dx * from, fromY + dy * from, fromX + dx * to, fromY + dy * to, 2 / scale, ink(TINT.danger, 0.75));
  }
  sprites.add(DISC, x, y, 0, 4, 4, ink(TINT.danger, 0.9));
}

/** Words below the own ship, where others have their names. */
function addWords(sprites, labels, { x, y }, words, scale) {
  sprites.add(LABEL, x, y + RADIUS + 18 + 9 / scale, 0, HALF_WIDTH / scale, HALF_HEIGHT / scale, ink(TINT.text, 0.95), labels.text(words, PALETTE.text, 12));
}
