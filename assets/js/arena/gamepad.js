// Gamepads by the standard mapping of the W3C: what is pushed and pressed on the one that was used last.
// Pads without that mapping are reported once and ignored, since nobody knows which button is which.

import { texts } from './texts/index.js';

/** @typedef {import('./mapping.js').Push} Push */
/** @typedef {import('./bindings.js').Action} Action */

/** A stick this close to its middle is at rest: worn ones never return to it. */
const DEAD = 0.18;
/** ... and this close to its rim it is at its rim. */
const FULL = 0.96;
/** A stick that is pushed this far says that its pad is in use. */
const USED = 0.5;
/** How far a trigger is pressed that counts as pressed. */
const TRIGGER = 0.3;

export const BUTTON = Object.freeze({ accept: 0, back: 1, select: 8, start: 9, up: 12, down: 13, left: 14, right: 15 });

/** The buttons of each action. @type {Partial<Record<Action | 'menu', readonly number[]>>} */
const BUTTONS = Object.freeze({
  boost: [6, 4], fire: [7], rail: [5, 0], players: [8], menu: [9], previous: [14], next: [15],
});
const HELD = /** @type {const} */ (['boost', 'fire', 'rail']);

const NAMES = ['A', 'B', 'X', 'Y', 'LB', 'RB', 'LT', 'RT', 'Select', 'Start', 'L3', 'R3', '↑', '↓', '←', '→'];
const SONY = ['✕', '○', '□', '△', 'L1', 'R1', 'L2', 'R2', 'Create', 'Options', 'L3', 'R3', '↑', '↓', '←', '→'];
const IS_SONY = /dual(sense|shock)|playstation|sony|054c/i;

/**
 * What a pad does at one moment; sticks are null at rest.
 * @typedef {object} PadState
 * @property {string} id its make, as the browser names it
 * @property {Push | null} left
 * @property {Push | null} right
 * @property {ReadonlySet<number>} down the buttons that are down
 * @property {readonly number[]} pressed the buttons that went down since the last call
 */

/**
 * What the buttons of an action are called on a pad of this make.
 * @param {Action | 'aim' | 'menu'} action
 * @param {string} id
 * @returns {string[]}
 */
export function padNames(action, id) {
  if (action === 'up') return [texts.devices.leftStick];
  if (action === 'aim') return [texts.devices.rightStick];
  const names = IS_SONY.test(id) ? SONY : NAMES;
  return (BUTTONS[action] ?? []).map((button) => names[button]);
}

/**
 * The actions of the game that these buttons hold.
 * @param {ReadonlySet<number>} down
 * @returns {Action[]}
 */
export function heldActions(down) {
  return HELD.filter((action) => BUTTONS[action]?.some((button) => down.has(button)));
}

/**
 * The action that a press of this button triggers at once.
 * @param {number} button
 * @returns {Action | 'menu' | undefined}
 */
export function pressedAction(button) {
  const found = Object.entries(BUTTONS).find(([, buttons]) => buttons.includes(button));
  return /** @type {Action | 'menu' | undefined} */ (found?.[0]);
}

/**
 * A stick with a round dead zone: null within it, and from there on from 0 to 1 in its direction.
 * @param {number} x
 * @param {number} y
 * @returns {Push | null}
 */
export function push(x, y) {
  const amount = Math.hypot(x, y);
  if (!(amount > DEAD)) return null;
  const share = Math.min(1, (amount - DEAD) / (FULL - DEAD)) / amount;
  return { x: x * share, y: y * share };
}

export class Pads {
  #source;
  #on;
  /** The pad used last, by its number. @type {number | null} */
  #used = null;
  /** The buttons of each pad that were down at the last call. @type {Map<number, Set<number>>} */
  #down = new Map();
  /** The pads that were reported as useless. @type {Set<number>} */
  #refused = new Set();

  /**
   * @param {() => readonly (Gamepad | null)[]} source the browser's pads
   * @param {{used(id: string): void, lost(): void, refused(id: string): void}} on `lost`: the pad in use
   *   is gone
   */
  constructor(source, on) {
    this.#source = source;
    this.#on = on;
  }

  /** The pad in use, if there is one. */
  get pad() {
    return this.#source().find((pad) => pad?.connected && pad.index === this.#used) ?? null;
  }

  /** What the pad in use does; the one that last did something is in use.
   * @returns {PadState | null} */
  read() {
    const pads = this.#source().filter((pad) => pad !== null && pad.connected);
    /** @type {PadState | null} */
    let state = null;
    for (const pad of /** @type {Gamepad[]} */ (pads)) {
      if (pad.mapping !== 'standard') {
        this.#refuse(pad);
        continue;
      }
      const now = this.#readPad(pad);
      const active = now.pressed.length > 0 || isPushed(now.left) || isPushed(now.right);
      if (active) {
        this.#used = pad.index;
        this.#on.used(pad.id);
      }
      if (pad.index === this.#used) state = now;
    }
    this.#forget(/** @type {Gamepad[]} */ (pads));
    return state;
  }

  /**
   * Lets the pad in use vibrate, if it can.
   * @param {number} strength 0 to 1
   */
  rumble(strength) {
    const motor = /** @type {any} */ (this.pad)?.vibrationActuator;
    motor?.playEffect?.('dual-rumble', { duration: 60 + 140 * strength, strongMagnitude: strength, weakMagnitude: 0.6 * strength })?.catch?.(() => {});
  }

  /** @param {Gamepad} pad @returns {PadState} */
  #readPad({ index, id, axes, buttons }) {
    const before = this.#down.get(index);
    const down = new Set(buttons.flatMap(({ pressed, value }, button) => (pressed || value > TRIGGER ? [button] : [])));
    this.#down.set(index, down);
    // A button that is down when its pad appears was not pressed for this page.
    const pressed = before ? [...down].filter((button) => !before.has(button)) : [];
    return { id, left: push(axes[0], axes[1]), right: push(axes[2], axes[3]), down, pressed };
  }

  /**
   * Says once that a pad is useless, when somebody presses a button of it: wheels, keyboards and docks
   * are there as well, and nobody wants to play with them.
   * @param {Gamepad} pad
   */
  #refuse({ index, id, buttons }) {
    if (this.#refused.has(index) || !buttons.some(({ pressed }) => pressed)) return;
    this.#refused.add(index);
    this.#on.refused(id);
  }

  /** @param {readonly Gamepad[]} pads that are there */
  #forget(pads) {
    const there = new Set(pads.map(({ index }) => index));
    for (const known of [this.#down, this.#refused]) {
      for (const index of [...known.keys()]) if (!there.has(index)) known.delete(index);
    }
    if (this.#used === null || there.has(this.#used)) return;
    this.#used = null;
    this.#on.lost();
  }
}

/** @param {Push | null} stick */
function isPushed(stick) {
  return stick !== null && Math.hypot(stick.x, stick.y) > USED;
}
