// Held controls from keys, mouse, fingers and gamepads: what the player wants right now.

import { FreeAim } from './aim.js';
import { steps } from './angles.js';
import { heldActions } from './gamepad.js';
import { RAIL, THRUST, encodeInput } from './input.js';
import { direction, fromActions, fromLeftStick, fromRightStick } from './mapping.js';
import { Pointer } from './pointer.js';

/** @typedef {import('./bindings.js').Action} Action */

// A player without any input for this long is away. The aim then stays: the ship moves under the
// pointer, and the changing aim would look like an active player to the server.
const AWAY_MS = 30_000;
/** Who fires with a key this often while the mouse has rested for this long plays without it. A single press
 * may be the rail of one who holds the aim still: it must go where the mouse points. */
const RESTED_MS = 8_000;
const RESTED_PRESSES = 3;

export class Controls {
  #bindings;
  #sight;
  #device;
  #pointer;
  #free = new FreeAim();
  /** @type {Set<string>} */
  #keys = new Set();
  /** What was pressed since the controls were last encoded, even if it was released since.
   * @type {Set<string>} */
  #taps = new Set();
  #mouseAt = -1e9;
  /** How often a key has fired since the mouse rests. */
  #fired = 0;
  /** The time of the first input since the controls were last encoded, in milliseconds of
   * `performance.now`; null if there was none.
   * @type {number | null} */
  changedAt = null;
  #steer = 192;
  /** The own ship, by its key. @type {number | null} */
  #ship = null;
  /** The time of the last input that was encoded. */
  #actedAt = performance.now();
  #aim = 192;
  #rail = { held: false, tapped: false };
  /** What the gamepad does. @type {import('./gamepad.js').PadState | null} */
  #pad = null;

  /**
   * @param {HTMLElement} surface the element that receives pointer events
   * @param {import('./bindings.js').Bindings} bindings
   * @param {import('./device.js').Device} device
   * @param {() => import('./aim.js').Sight} sight
   */
  constructor(surface, bindings, device, sight) {
    this.#bindings = bindings;
    this.#device = device;
    this.#sight = sight;
    this.#pointer = new Pointer(surface, {
      tap: (code) => this.#taps.add(code),
      use: (kind) => this.#use(kind),
      rail: () => (this.#rail.tapped = true),
    });
    for (const name of /** @type {const} */ (['mousedown', 'mouseup', 'auxclick'])) {
      addEventListener(name, (event) => this.#keepPage(event));
    }
    for (const name of ['pointerdown', 'pointermove', 'pointerup']) {
      addEventListener(name, (event) => (this.changedAt ??= event.timeStamp), { capture: true });
    }
    this.#releaseWhenHidden();
  }

  /** The sticks on the screen. */
  get sticks() {
    return { left: this.#pointer.left, right: this.#pointer.right };
  }

  /** Sets whether fingers push the sticks. */
  set steers(steers) {
    this.#pointer.sticks = steers;
  }

  /** Takes what the gamepad does in this picture, null for nothing. */
  set pad(pad) {
    if (pad && (pad.left || pad.right || pad.down.size > 0)) this.changedAt ??= performance.now();
    this.#pad = pad;
  }

  /** Releases everything, for example when the chat takes the keys. */
  release() {
    this.letGoKeys();
    this.#pointer.release();
    this.#rail = { held: false, tapped: false };
    this.#pad = null;
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
    const gun = ['fire', 'rail'].includes(this.#bindings.action(code) ?? '');
    const rests = at - this.#mouseAt > RESTED_MS && this.#pointer.codes().length === 0;
    this.#fired = rests ? this.#fired + Number(gun) : 0;
    if (this.#device.kind !== 'mouse' || this.#fired >= RESTED_PRESSES) this.#use('keys');
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
    const held = new Set(heldActions(this.#pad?.down ?? new Set()));
    for (const code of [...this.#keys, ...this.#taps, ...this.#pointer.codes()]) {
      const action = this.#bindings.action(code);
      if (action) held.add(action);
    }
    return held;
  }

  /** The direction of the left stick or of the held keys. */
  direction() {
    return this.#pointer.left.value ?? this.#pad?.left ?? direction(this.held());
  }

  /** The present controls, as the rules' `Input`. */
  read() {
    const sight = this.#sight();
    this.#face(sight.own);
    const held = this.held();
    const keys = fromActions(held, this.#steer);
    const finger = fromLeftStick(this.#pointer.left.value, keys.steer);
    const left = this.#pad?.left ? fromLeftStick(this.#pad.left, keys.steer, false, held.has('boost')) : finger;
    const right = fromRightStick(this.#pointer.right.value ?? this.#pad?.right ?? null);
    const rail = this.#rail.held || this.#rail.tapped;
    const now = performance.now();
    const still = held.size === 0 && !this.#pad?.left && !this.#pad?.right;
    const away = still && now - this.#actedAt > AWAY_MS;
    const follows = held.has('follow');
    if (!follows) this.#steer = left.steer;
    if (!away) this.#aim = this.#aimNow(right.aim, sight, { now, leads: !(rail || held.has('rail')) });
    if (follows) this.#steer = this.#aim;
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

  /**
   * Points a new ship where it points already, so that nothing turns it before the player does.
   * @param {import('./aim.js').Sight['own']} own
   */
  #face(own) {
    if (!own || own.key === this.#ship) return;
    this.#ship = own.key;
    this.#steer = Math.round(own.heading) & 255;
    this.#free.reset();
  }

  /**
   * @param {import('./mapping.js').Push | null} stick
   * @param {import('./aim.js').Sight} sight
   * @param {{now: number, leads: boolean}} when
   */
  #aimNow(stick, sight, when) {
    if (this.#device.kind !== 'mouse') return this.#free.update(stick, this.#steer, sight, when);
    const { x, y } = this.#pointer.mouse;
    return steps(x - sight.centre.x, y - sight.centre.y);
  }

  /** @param {import('./device.js').Kind} kind */
  #use(kind) {
    if (kind === 'mouse') this.#mouseAt = performance.now();
    else if (this.#device.kind === 'mouse') this.#pointer.rest();
    this.#device.use(kind);
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

  /**
   * The outer mouse buttons navigate back and forward, unless they have an action here.
   * @param {MouseEvent} event
   */
  #keepPage(event) {
    if (event.button > 2 && this.#bindings.action(`Mouse${event.button}`)) event.preventDefault();
  }
}
