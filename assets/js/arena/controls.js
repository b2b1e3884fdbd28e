// Keyboard, mouse and touch, as held controls: what the player wants right now.

import { steps } from './angles.js';
import { FIRE, THRUST } from './fields.js';
import { GAME_KEYS, fromKeys, fromLeftStick, fromRightStick } from './mapping.js';
import { Stick } from './sticks.js';

export class Controls {
  #held = new Set();
  #mouse = { x: 1, y: 0, buttons: 0 };
  #surface;
  #centre;
  #steer = 192;
  #aim = 192;
  #touched = false;
  left = new Stick();
  right = new Stick();

  /**
   * @param {HTMLElement} surface what is pointed at
   * @param {() => {x: number, y: number}} centre where the own ship is, in CSS pixels
   */
  constructor(surface, centre) {
    this.#surface = surface;
    this.#centre = centre;
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of ['pointerup', 'pointercancel']) {
      surface.addEventListener(name, (event) => this.#up(event));
    }
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    addEventListener('keydown', (event) => this.#key(event, true));
    addEventListener('keyup', (event) => this.#key(event, false));
    addEventListener('blur', () => this.release());
  }

  /** Lets go of everything, as when the chat takes the keys. */
  release() {
    this.#held.clear();
    this.#mouse.buttons = 0;
    this.left.release();
    this.right.release();
  }

  /** The controls now: the rules' `Input`. */
  read() {
    const keys = fromKeys(this.#held, this.#steer);
    const left = fromLeftStick(this.left.value, keys.steer);
    const right = fromRightStick(this.right.value, this.#aim);
    this.#aim = this.#touched ? right.aim : this.#mouseAim();
    // The right mouse button flies to where the mouse points.
    this.#steer = this.#mouse.buttons & 2 ? this.#aim : left.steer;
    const buttons = keys.buttons | left.buttons | right.buttons | this.#mouseButtons();
    return { steer: this.#steer, aim: this.#aim, buttons };
  }

  /** The same as the three bytes that the core takes. */
  encode() {
    const { steer, aim, buttons } = this.read();
    return encodeInput(steer, aim, buttons);
  }

  #mouseAim() {
    const { x, y } = this.#centre();
    return steps(this.#mouse.x - x, this.#mouse.y - y);
  }

  #mouseButtons() {
    const { buttons } = this.#mouse;
    return (buttons & 1 ? FIRE : 0) | (buttons & 2 ? THRUST : 0);
  }

  #down(event) {
    this.#surface.setPointerCapture(event.pointerId);
    this.#touched = event.pointerType === 'touch';
    if (!this.#touched) return this.#move(event);
    const stick = event.clientX < innerWidth / 2 ? this.left : this.right;
    stick.grab(event.pointerId, event.clientX, event.clientY);
  }

  #move(event) {
    if (event.pointerType === 'touch') {
      this.left.move(event.pointerId, event.clientX, event.clientY);
      this.right.move(event.pointerId, event.clientX, event.clientY);
    } else {
      this.#touched = false;
      this.#mouse = { x: event.clientX, y: event.clientY, buttons: event.buttons };
    }
  }

  #up(event) {
    if (event.pointerType === 'touch') {
      this.left.release(event.pointerId);
      this.right.release(event.pointerId);
    } else {
      this.#mouse.buttons = event.buttons;
    }
  }

  #key(event, down) {
    // macOS tells of no key that is let go while Command is held.
    if (event.key === 'Meta') this.#held.clear();
    if (!GAME_KEYS.has(event.code)) return;
    if (!down) return void this.#held.delete(event.code);
    if (event.target.closest?.('input, button, a, dialog') || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#held.add(event.code);
  }
}

/** Arena's `Input` as bincode: three single bytes. */
export function encodeInput(steer, aim, buttons) {
  return Uint8Array.of(steer, aim, buttons);
}
