// Mouse and fingers on the arena: where the mouse is, which of its buttons are held, and the two sticks
// that fingers push.

import { Stick } from './sticks.js';

// In the order of the bits of `MouseEvent.buttons`.
const MOUSE_CODES = ['Mouse0', 'Mouse2', 'Mouse1', 'Mouse3', 'Mouse4'];
/** A mouse that somebody uses moves by more than this, CSS pixels: browsers report moves of a resting
 * one when the page changes beneath it. */
const MOVED_PX = 6;

/**
 * The receiver of what the pointers do.
 * @typedef {object} PointerActions
 * @property {(code: string) => void} tap a mouse button is pressed
 * @property {(device: 'mouse' | 'touch') => void} use the player uses this device
 * @property {() => void} rail a finger asks for the rail
 */

export class Pointer {
  #surface;
  #on;
  #mouse = { x: 1, y: 0, buttons: 0 };
  /** Where the mouse came to rest, or was first seen. @type {{x: number, y: number} | null} */
  #rest = null;
  /** The pointer id of the mouse while a button is held. @type {number | null} */
  #captured = null;
  left = new Stick();
  right = new Stick();
  /** Whether fingers push the sticks; a spectator's fingers drag the picture. */
  sticks = true;

  /**
   * @param {HTMLElement} surface the element that receives pointer events
   * @param {PointerActions} on
   */
  constructor(surface, on) {
    this.#surface = surface;
    this.#on = on;
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    // Some releases cause only one of these: a pen that is lifted, a gesture of the system.
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
      surface.addEventListener(name, (event) => this.#up(event));
    }
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    // The middle button would scroll, and the emulated mouse events of a tap would fire.
    surface.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault());
  }

  /** The position of the mouse, CSS pixels. */
  get mouse() {
    return this.#mouse;
  }

  /** The codes of the mouse buttons that are held. */
  codes() {
    return MOUSE_CODES.filter((_, bit) => this.#mouse.buttons & (1 << bit));
  }

  /** Releases everything. */
  release() {
    this.#mouse.buttons = 0;
    if (this.#captured !== null && this.#surface.hasPointerCapture(this.#captured)) this.#surface.releasePointerCapture(this.#captured);
    this.#captured = null;
    this.left.release();
    this.right.release();
  }

  /** Counts the mouse as resting: only a move from here uses it again. */
  rest() {
    this.#rest = null;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#surface.setPointerCapture(event.pointerId);
    if (event.pointerType !== 'touch') {
      this.#captured = event.pointerId;
      this.#tapMouse(event.buttons);
      this.#on.use('mouse');
      return this.#move(event);
    }
    event.preventDefault();
    this.#on.use('touch');
    if (!this.sticks) return;
    const left = event.clientX < innerWidth / 2;
    const again = (left ? this.left : this.right).grab(event);
    // A double tap, or a second finger beside the one that aims.
    if (again && !left) this.#on.rail();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType === 'touch') {
      this.left.move(event.pointerId, event.clientX, event.clientY);
      this.right.move(event.pointerId, event.clientX, event.clientY);
      return;
    }
    // A second button arrives as a move event.
    this.#tapMouse(event.buttons & ~this.#mouse.buttons);
    this.#mouse = { x: event.clientX, y: event.clientY, buttons: event.buttons };
    this.#rest ??= { x: event.clientX, y: event.clientY };
    if (Math.hypot(event.clientX - this.#rest.x, event.clientY - this.#rest.y) > MOVED_PX) this.#on.use('mouse');
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerType === 'touch') {
      this.left.release(event.pointerId, event.timeStamp);
      this.right.release(event.pointerId, event.timeStamp);
    } else {
      this.#mouse.buttons = event.type === 'pointerup' ? event.buttons : 0;
    }
  }

  /** @param {number} buttons bits */
  #tapMouse(buttons) {
    MOUSE_CODES.forEach((code, bit) => buttons & (1 << bit) && this.#on.tap(code));
  }
}
