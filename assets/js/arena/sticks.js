// An on-screen stick, centred where the finger came down.

/** How far a finger moves to push the stick to its rim, CSS pixels. */
export const STICK_REACH = 56;

export class Stick {
  /** @type {number | null} */
  #finger = null;
  /** Its centre, CSS pixels. */
  origin = { x: 0, y: 0 };
  /** How far it is pushed, each from -1 to 1 within the unit circle; null when released.
   * @type {{x: number, y: number} | null} */
  value = null;

  /**
   * A finger comes down; a held stick stays with its finger.
   * @param {number} finger
   * @param {number} x CSS pixels
   * @param {number} y CSS pixels
   */
  grab(finger, x, y) {
    if (this.#finger !== null) return;
    this.#finger = finger;
    this.origin = { x, y };
    this.value = { x: 0, y: 0 };
  }

  /**
   * A finger moves; only the finger that holds the stick counts.
   * @param {number} finger
   * @param {number} x CSS pixels
   * @param {number} y CSS pixels
   */
  move(finger, x, y) {
    if (finger !== this.#finger) return;
    const [dx, dy] = [(x - this.origin.x) / STICK_REACH, (y - this.origin.y) / STICK_REACH];
    const over = Math.max(1, Math.hypot(dx, dy));
    this.value = { x: dx / over, y: dy / over };
  }

  /**
   * Releases the stick if this finger, or any, holds it.
   * @param {number | null} [finger]
   */
  release(finger = this.#finger) {
    if (finger !== this.#finger) return;
    this.#finger = null;
    this.value = null;
  }
}
