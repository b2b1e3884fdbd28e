// An on-screen stick, centred where the finger came down, and where its ghost shows that it is there.

/** How far a finger moves to push the stick to its rim, CSS pixels. */
export const STICK_REACH = 56;
/** A tap is shorter than this, and the second of a double tap follows within it, milliseconds. */
const TAP_MS = 280;
/** ... and moves less than this, CSS pixels. */
const TAP_PX = 14;
/** A double tap stays within this, CSS pixels. */
const SAME_PX = 70;
const GAP_PX = 10;

/** @typedef {{x: number, y: number}} Place CSS pixels */
/** @typedef {{x: number, y: number, radius: number}} Ring CSS pixels */
/** @typedef {{origin: Place, value: Place, ghost: boolean, label: string}} ShownStick */

export class Stick {
  /** @type {number | null} */
  #finger = null;
  /** Where the finger came down. */
  #from = { x: 0, y: 0 };
  #grabbedAt = 0;
  /** How far the finger has been from where it came down, CSS pixels. */
  #far = 0;
  /** The time and place of the last tap. */
  #tap = { at: -1e9, x: 0, y: 0 };
  /** Its centre on the screen, CSS pixels. */
  origin = { x: 0, y: 0 };
  /** How far it is pushed, each from -1 to 1 within the unit circle; null when released.
   * @type {Place | null} */
  value = null;
  /** Whether it was ever pushed. */
  used = false;

  /**
   * A finger comes down; a held stick stays with its finger.
   * @param {{pointerId: number, clientX: number, clientY: number, timeStamp: number}} event
   * @returns {boolean} whether this is the second of a double tap, or a second finger
   */
  grab({ pointerId, clientX: x, clientY: y, timeStamp }) {
    if (this.#finger !== null) return true;
    this.#finger = pointerId;
    this.#from = { x, y };
    this.#far = 0;
    this.#grabbedAt = timeStamp;
    this.origin = { x, y };
    this.value = { x: 0, y: 0 };
    const { at, x: tapX, y: tapY } = this.#tap;
    this.#tap.at = -1e9;
    return timeStamp - at < TAP_MS && Math.hypot(x - tapX, y - tapY) < SAME_PX;
  }

  /**
   * A finger moves; only the finger that holds the stick counts.
   * @param {number} finger
   * @param {number} x CSS pixels
   * @param {number} y CSS pixels
   */
  move(finger, x, y) {
    if (finger !== this.#finger) return;
    const [dx, dy] = [x - this.#from.x, y - this.#from.y];
    const far = Math.hypot(dx, dy);
    this.#far = Math.max(this.#far, far);
    this.used ||= far > TAP_PX;
    const reach = Math.max(STICK_REACH, far);
    this.value = { x: dx / reach, y: dy / reach };
  }

  /**
   * Releases the stick if this finger, or any, holds it.
   * @param {number | null} [finger]
   * @param {number} [at] milliseconds
   */
  release(finger = this.#finger, at = Infinity) {
    if (finger === null || finger !== this.#finger) return;
    if (at - this.#grabbedAt < TAP_MS && this.#far < TAP_PX) this.#tap = { at, ...this.#from };
    this.#finger = null;
    this.value = null;
  }
}

/**
 * The centre of a stick's circle, moved away from a ring that it would overlap.
 * @param {Place} centre
 * @param {Ring | null} ring
 * @returns {Place}
 */
export function clearOf(centre, ring) {
  if (!ring) return centre;
  const [dx, dy] = [centre.x - ring.x, centre.y - ring.y];
  const [far, wanted] = [Math.hypot(dx, dy), ring.radius + STICK_REACH + GAP_PX];
  if (far >= wanted) return centre;
  // Away from the ring, and down if it is exactly there.
  const [awayX, awayY] = far > 0 ? [dx / far, dy / far] : [0, 1];
  return { x: ring.x + awayX * wanted, y: ring.y + awayY * wanted };
}

/**
 * The place of a ghost: below the rail's ring or, where there is no room, above it.
 * @param {Place} centre
 * @param {Ring | null} ring
 * @param {number} height of the screen
 */
function ghostAt(centre, ring, height) {
  const below = clearOf(centre, ring);
  return ring && below.y + STICK_REACH > height ? clearOf({ x: centre.x, y: ring.y - 2 * ring.radius }, ring) : below;
}

/**
 * The sticks to draw: those that fingers hold, and the ghosts of those that were never used.
 * @param {{left: Stick, right: Stick}} sticks
 * @param {{width: number, height: number, ring: Ring | null, ghosts: boolean, labels: {fly: string, aim: string}}} screen
 *   sizes in CSS pixels; `ring` is the rail's button
 * @returns {ShownStick[]}
 */
export function sticksOn({ left, right }, { width, height, ring, ghosts, labels }) {
  /** @type {ShownStick[]} */
  const shown = [];
  const y = height - STICK_REACH - Math.min(60, height / 10);
  const inset = Math.max(STICK_REACH + GAP_PX, width * 0.2);
  for (const [stick, x, label] of /** @type {const} */ ([[left, inset, labels.fly], [right, width - inset, labels.aim]])) {
    if (stick.value) shown.push({ origin: clearOf(stick.origin, ring), value: stick.value, ghost: false, label: '' });
    else if (ghosts && !stick.used) shown.push({ origin: ghostAt({ x, y }, ring, height), value: { x: 0, y: 0 }, ghost: true, label });
  }
  return shown;
}
