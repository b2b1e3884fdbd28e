// What the player plays with: the device last used, what its keys and buttons are called, and a word at
// the screen's edge when one comes or goes.

import { element, setText } from './dom.js';
import { padNames } from './gamepad.js';
import { texts } from './texts/index.js';

/** @typedef {'mouse' | 'keys' | 'touch' | 'pad'} Kind */
/** @typedef {import('./bindings.js').Action} Action */

const SAID_MS = 3_000;

export class Device {
  #bindings;
  /** @type {Kind} */
  #kind = matchMedia('(pointer: coarse)').matches ? 'touch' : 'keys';
  /** The make of the gamepad, as the browser names it. */
  #pad = '';
  #said = element('p', '');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when the names of keys and buttons change. */
  changed = () => {};

  /** @param {import('./bindings.js').Bindings} bindings */
  constructor(bindings) {
    this.#bindings = bindings;
    Object.assign(this.#said, { id: 'device-said', hidden: true, role: 'status' });
    document.querySelector('main')?.append(this.#said);
    document.body.dataset.device = this.#kind;
  }

  get kind() {
    return this.#kind;
  }

  /**
   * Notes that the player uses a device.
   * @param {Kind} kind
   * @param {string} [pad] the make of the gamepad
   */
  use(kind, pad = this.#pad) {
    if (kind === this.#kind && pad === this.#pad) return;
    this.#kind = kind;
    this.#pad = pad;
    document.body.dataset.device = kind;
    this.changed();
  }

  /** Notes that the gamepad in use is gone. */
  lost() {
    this.use('keys');
    this.say(texts.devices.lost);
  }

  /**
   * What the keys or buttons of an action are called on this device; `aim` and `menu` are no actions
   * of the keyboard.
   * @param {Action | 'aim' | 'menu'} action
   * @returns {string[]}
   */
  names(action) {
    if (this.#kind === 'pad') return padNames(action, this.#pad);
    if (action === 'aim') return [texts.keys.mouse];
    return action === 'menu' ? [this.#bindings.name('Escape')] : this.#bindings.names(action);
  }

  /**
   * Shows a short text for a moment, on every screen.
   * @param {string} text
   */
  say(text) {
    clearTimeout(this.#timer);
    setText(this.#said, text);
    this.#said.hidden = false;
    this.#timer = setTimeout(() => (this.#said.hidden = true), SAID_MS);
  }
}
