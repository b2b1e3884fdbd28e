// Which key or mouse button does what: defaults, a player's own choice, and their names.

import { Layout } from './layout.js';

/** @typedef {'up' | 'down' | 'left' | 'right' | 'boost' | 'fire' | 'rail' | 'follow' | 'chat' | 'previous' | 'next' | 'screen' | 'lab'} Action */

/** Keys of a keyboard by `KeyboardEvent.code`; buttons of a mouse as `Mouse` and their number. An
 * empty code is none.
 * @type {readonly {action: Action, label: string, codes: readonly [string, string]}[]} */
export const ACTIONS = Object.freeze([
  { action: 'up', label: 'Fly up', codes: ['KeyW', 'ArrowUp'] },
  { action: 'left', label: 'Fly left', codes: ['KeyA', 'ArrowLeft'] },
  { action: 'down', label: 'Fly down', codes: ['KeyS', 'ArrowDown'] },
  { action: 'right', label: 'Fly right', codes: ['KeyD', 'ArrowRight'] },
  { action: 'boost', label: 'Boost', codes: ['ShiftLeft', 'ShiftRight'] },
  { action: 'fire', label: 'Fire the gun', codes: ['Mouse0', 'Space'] },
  { action: 'rail', label: 'Fire the rail', codes: ['Mouse2', 'KeyE'] },
  { action: 'follow', label: 'Fly towards pointer', codes: ['Mouse1', ''] },
  { action: 'chat', label: 'Chat', codes: ['Enter', ''] },
  { action: 'previous', label: 'Previous player', codes: ['KeyQ', ''] },
  { action: 'next', label: 'Next player', codes: ['KeyR', ''] },
  { action: 'screen', label: 'Full screen', codes: ['KeyF', ''] },
  { action: 'lab', label: 'Lag lab', codes: ['F3', ''] },
]);

/** How many keys an action may have. */
export const SLOTS = 2;

/** Keys that the page or the browser needs for itself, and those of which not every system tells
 * when they are pressed and let go. */
const RESERVED = new Set([
  'Escape', 'Tab', 'F5', 'F11', 'F12', 'MetaLeft', 'MetaRight', 'ControlLeft', 'ControlRight', 'AltLeft', 'AltRight',
  'CapsLock', 'NumLock', 'ScrollLock', 'PrintScreen', 'ContextMenu', 'Unidentified',
]);

const NAMES = new Map([
  ['Mouse0', 'Left button'], ['Mouse1', 'Middle button'], ['Mouse2', 'Right button'],
  ['ArrowUp', '↑'], ['ArrowDown', '↓'], ['ArrowLeft', '←'], ['ArrowRight', '→'],
  ['ShiftLeft', 'Shift'], ['ShiftRight', 'Right Shift'], ['Escape', 'Esc'],
]);

/** Every action's codes, with a player's changes kept by `store`. */
export class Bindings {
  #store;
  /** @type {Map<Action, string[]>} */
  #codes = new Map();
  /** @type {Map<string, Action>} */
  #actions = new Map();
  /** What is printed on the keys of this keyboard. */
  layout;
  /** Called when a binding, or the name of a key, has changed. */
  changed = () => {};

  /** @param {{recall(name: string): any, keep(name: string, value: unknown): void}} store */
  constructor(store) {
    this.#store = store;
    this.layout = new Layout(store);
    this.layout.changed = () => this.changed();
    const own = store.recall('keys') ?? {};
    for (const { action, codes } of ACTIONS) {
      this.#codes.set(action, isCodes(own[action]) ? [...own[action]] : [...codes]);
    }
    this.#index();
  }

  /**
   * The codes of an action, empty where there is none.
   * @param {Action} action
   * @returns {readonly string[]}
   */
  codes(action) {
    return this.#codes.get(action) ?? [];
  }

  /**
   * What a key or a button does, if anything.
   * @param {string} code
   * @returns {Action | undefined}
   */
  action(code) {
    return this.#actions.get(code);
  }

  /**
   * Whether a key may be given to an action.
   * @param {string} code
   */
  isFree(code) {
    return code !== '' && !RESERVED.has(code);
  }

  /**
   * Gives a key to an action, and takes it from another that has it.
   * @param {Action} action
   * @param {number} slot
   * @param {string} code
   * @returns {Action | null} from whom it was taken
   */
  bind(action, slot, code) {
    const holder = this.#actions.get(code) ?? null;
    for (const codes of this.#codes.values()) {
      const at = codes.indexOf(code);
      if (at >= 0) codes[at] = '';
    }
    const codes = this.#codes.get(action);
    if (codes) codes[slot] = code;
    this.#keep();
    return holder === action ? null : holder;
  }

  /** Every action has its first keys again. */
  reset() {
    for (const { action, codes } of ACTIONS) this.#codes.set(action, [...codes]);
    this.#keep();
  }

  /**
   * A key or button in words.
   * @param {string} code
   */
  name(code) {
    const known = NAMES.get(code) ?? this.layout.label(code);
    if (known) return known;
    if (code.startsWith('Mouse')) return `Button ${Number(code.slice(5)) + 1}`;
    return code.replace(/([a-z])([A-Z0-9])/g, '$1 $2');
  }

  /**
   * The keys of an action in words, those that are there.
   * @param {Action} action
   */
  names(action) {
    return this.codes(action).filter(Boolean).map((code) => this.name(code));
  }

  #keep() {
    /** @type {Record<string, readonly string[]>} */
    const own = {};
    for (const { action, codes } of ACTIONS) {
      if (this.codes(action).some((code, slot) => code !== codes[slot])) own[action] = this.codes(action);
    }
    this.#store.keep('keys', own);
    this.#index();
    this.changed();
  }

  #index() {
    this.#actions.clear();
    for (const [action, codes] of this.#codes) {
      for (const code of codes) {
        if (code) this.#actions.set(code, action);
      }
    }
  }
}

/** @param {unknown} value */
function isCodes(value) {
  return Array.isArray(value) && value.length === SLOTS && value.every((code) => typeof code === 'string');
}
