// Held controls from keys, mouse and touch: what the player wants right now.

import { steps } from './angles.js';
import { RAIL, THRUST, encodeInput } from './input.js';
import { direction, fromActions, fromLeftStick, fromRightStick } from './mapping.js';
import { Stick } from './sticks.js';

/** @typedef {import('./bindings.js').Action} Action */

// A player without any input for this long is away. The aim then stays: the ship moves under the
// pointer, and the changing aim would look like an active player to the server.
const AWAY_MS = 30_000;
// In the order of the bits of `MouseEvent.buttons`.
const MOUSE_CODES = ['Mouse0', 'Mouse2', 'Mouse1', 'Mouse3', 'Mouse4'];

export class Controls {
  #bindings;
  #surface;
  #centre;
  /** @type {Set<string>} */
  #keys = new Set();
  /** What was pressed since the controls were last encoded, even if it was released since.
   * @type {Set<string>} */
  #taps = new Set();
  #mouse = { x: 1, y: 0, buttons: 0 };
  /** The pointer id of the mouse while a button is held.
   * @type {number | null} */
  #captured = null;
  /** The time of the first input since the controls were last encoded, in milliseconds of
   * `performance.now`; null if there was none.
   * @type {number | null} */
  changedAt = null;
  #steer = 192;
  /** The time of the last input that was encoded. */
  #actedAt = performance.now();
  #aim = 192;
  #touched = false;
  left = new Stick();
  right = new Stick();
  /** Whether touches control the sticks; a spectator's touches drag the picture. */
  sticks = true;
  #rail = { held: false, tapped: false };

  /**
   * @param {HTMLElement} surface the element that receives pointer events
   * @param {import('./bindings.js').Bindings} bindings
   * @param {() => {x: number, y: number}} centre position of the own ship, CSS pixels
   */
  constructor(surface, bindings, centre) {
    this.#surface = surface;
    this.#bindings = bindings;
    this.#centre = centre;
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    // Some releases cause only one of these: a pen that is lifted, a gesture of the system.
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
      surface.addEventListener(name, (event) => this.#up(event));
    }
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    // The middle button would scroll, and the emulated mouse events of a tap would fire.
    surface.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault());
    for (const name of /** @type {const} */ (['mousedown', 'mouseup', 'auxclick'])) {
      addEventListener(name, (event) => this.#keepPage(event));
    }
    for (const name of ['pointerdown', 'pointermove', 'pointerup']) {
      addEventListener(name, (event) => (this.changedAt ??= event.timeStamp), { capture: true });
    }
    this.#releaseWhenHidden();
  }

  /** Releases everything, for example when the chat takes the keys. */
  release() {
    this.letGoKeys();
    this.#mouse.buttons = 0;
    if (this.#captured !== null && this.#surface.hasPointerCapture(this.#captured)) this.#surface.releasePointerCapture(this.#captured);
    this.#captured = null;
    this.#rail = { held: false, tapped: false };
    this.left.release();
    this.right.release();
  }

  /**
   * Notes that a key of an action is pressed.
   * @param {string} code
   * @param {number} at milliseconds of `performance.now`
   */
  press(code, at) {
    this.#keys.add(code);
    this.#taps.add(code);
    this.changedAt ??= at;
  }

  /**
   * Notes that a key is released.
   * @param {string} code
   * @param {number} at milliseconds of `performance.now`
   */
  letGo(code, at) {
    if (this.#keys.delete(code)) this.changedAt ??= at;
  }

  /** Releases all keys. */
  letGoKeys() {
    this.#keys.clear();
    this.#taps.clear();
  }

  /** Sets whether a finger is on the rail's button. */
  set rail(held) {
    this.#rail = { held, tapped: held || this.#rail.tapped };
  }

  /** The actions held at the moment.
   * @returns {Set<Action>} */
  held() {
    /** @type {Set<Action>} */
    const held = new Set();
    const mouse = MOUSE_CODES.filter((_, bit) => this.#mouse.buttons & (1 << bit));
    for (const code of [...this.#keys, ...this.#taps, ...mouse]) {
      const action = this.#bindings.action(code);
      if (action) held.add(action);
    }
    return held;
  }

  /** The direction of the left stick or of the held keys. */
  direction() {
    return this.left.value ?? direction(this.held());
  }

  /** The present controls, as the rules' `Input`. */
  read() {
    const held = this.held();
    const keys = fromActions(held, this.#steer);
    const left = fromLeftStick(this.left.value, keys.steer);
    const right = fromRightStick(this.right.value, this.#aim);
    const away = held.size === 0 && performance.now() - this.#actedAt > AWAY_MS;
    if (!away) this.#aim = this.#touched ? right.aim : this.#mouseAim();
    const follows = held.has('follow');
    this.#steer = follows ? this.#aim : left.steer;
    const rail = this.#rail.held || this.#rail.tapped;
    const buttons = keys.buttons | left.buttons | right.buttons | (follows ? THRUST : 0) | (rail ? RAIL : 0);
    return { steer: this.#steer, aim: this.#aim, buttons };
  }

  /** The present controls as the three bytes that the core takes. Forgets the taps. */
  encode() {
    const { steer, aim, buttons } = this.read();
    this.#taps.clear();
    this.#actedAt = this.changedAt ?? this.#actedAt;
    this.changedAt = null;
    this.#rail.tapped = false;
    return encodeInput(steer, aim, buttons);
  }

  #mouseAim() {
    const { x, y } = this.#centre();
    return steps(this.#mouse.x - x, this.#mouse.y - y);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#surface.setPointerCapture(event.pointerId);
    this.#touched = event.pointerType === 'touch';
    if (!this.#touched) {
      this.#captured = event.pointerId;
      this.#tapMouse(event.buttons);
      return this.#move(event);
    }
    event.preventDefault();
    if (!this.sticks) return;
    const stick = event.clientX < innerWidth / 2 ? this.left : this.right;
    stick.grab(event.pointerId, event.clientX, event.clientY);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType === 'touch') {
      this.left.move(event.pointerId, event.clientX, event.clientY);
      this.right.move(event.pointerId, event.clientX, event.clientY);
    } else {
      this.#touched = false;
      // A second button arrives as a move event.
      this.#tapMouse(event.buttons & ~this.#mouse.buttons);
      this.#mouse = { x: event.clientX, y: event.clientY, buttons: event.buttons };
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerType === 'touch') {
      this.left.release(event.pointerId);
      this.right.release(event.pointerId);
    } else {
      this.#mouse.buttons = event.type === 'pointerup' ? event.buttons : 0;
    }
  }

  /** Releases everything when the page loses sight of releases. Leaving the page ends its
   * connection, which also releases everything. */
  #releaseWhenHidden() {
    const release = () => this.release();
    for (const name of ['blur', 'dragstart']) addEventListener(name, release);
    for (const name of ['visibilitychange', 'fullscreenchange']) document.addEventListener(name, release);
    // The browser's context menu takes keys and buttons.
    addEventListener('contextmenu', (event) => event.defaultPrevented || release());
  }

  /** @param {number} buttons bits */
  #tapMouse(buttons) {
    MOUSE_CODES.forEach((code, bit) => buttons & (1 << bit) && this.#taps.add(code));
  }

  /**
   * The outer mouse buttons navigate back and forward, unless they have an action here.
   * @param {MouseEvent} event
   */
  #keepPage(event) {
    if (event.button > 2 && this.#bindings.action(`Mouse${event.button}`)) event.preventDefault();
  }
}
