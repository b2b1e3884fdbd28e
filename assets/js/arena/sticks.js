// An on-screen stick: it stands where the finger came down.

/** How far a finger pushes a stick to its rim, CSS pixels. */
export const STICK_REACH = 56;

export class Stick {
  #finger = null;
  /** Where it stands, CSS pixels. */
  origin = { x: 0, y: 0 };
  /** How it is pushed, each from -1 to 1 within the unit circle; null when let go. */
  value = null;

  /** A finger comes down; a stick that is held stays with the finger that holds it. */
  grab(finger, x, y) {
    if (this.#finger !== null) return;
    this.#finger = finger;
    this.origin = { x, y };
    this.value = { x: 0, y: 0 };
  }

  move(finger, x, y) {
    if (finger !== this.#finger) return;
    const [dx, dy] = [(x - this.origin.x) / STICK_REACH, (y - this.origin.y) / STICK_REACH];
    const over = Math.max(1, Math.hypot(dx, dy));
    this.value = { x: dx / over, y: dy / over };
  }

  /** This finger, or any, lets go. */
  release(finger = this.#finger) {
    if (finger !== this.#finger) return;
    this.#finger = null;
    this.value = null;
  }
}
