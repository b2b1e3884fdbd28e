// The keys and mouse buttons of each action: defaults, a player's own choice, and their names.

import { Layout } from './layout.js';
import { texts } from './texts/index.js';

/** @typedef {'up' | 'down' | 'left' | 'right' | 'boost' | 'fire' | 'rail' | 'follow' | 'chat' | 'players' | 'previous' | 'next' | 'mute' | 'screen' | 'lab'} Action */

/** Firefox opens its menu at a right click with Shift held, and no page can prevent that. */
export const SHIFT_OPENS_MENU = /\bFirefox\//.test(globalThis.navigator?.userAgent ?? '');

/** Keys by `KeyboardEvent.code`; mouse buttons as `Mouse` and their number. An empty code is none. Boost
 * is on the space bar first: Windows asks about Sticky Keys when Shift is pressed five times.
 * @type {readonly {action: Action, codes: readonly [string, string]}[]} */
export const ACTIONS = Object.freeze([
  { action: 'up', codes: ['KeyW', 'ArrowUp'] },
  { action: 'left', codes: ['KeyA', 'ArrowLeft'] },
  { action: 'down', codes: ['KeyS', 'ArrowDown'] },
  { action: 'right', codes: ['KeyD', 'ArrowRight'] },
  { action: 'boost', codes: ['Space', SHIFT_OPENS_MENU ? '' : 'ShiftLeft'] },
  { action: 'fire', codes: ['Mouse0', 'KeyJ'] },
  { action: 'rail', codes: ['Mouse2', 'KeyE'] },
  { action: 'follow', codes: ['Mouse1', ''] },
  { action: 'chat', codes: ['Enter', 'NumpadEnter'] },
  { action: 'players', codes: ['Tab', 'KeyP'] },
  { action: 'previous', codes: ['KeyQ', ''] },
  { action: 'next', codes: ['KeyR', ''] },
  { action: 'mute', codes: ['KeyM', ''] },
  { action: 'screen', codes: ['KeyF', ''] },
  { action: 'lab', codes: ['F3', ''] },
]);

/** The number of keys of an action. */
export const SLOTS = 2;

/** Keys that the page or the browser needs, and keys whose presses or releases some systems do not
 * report. Tab is ours only in the arena (keyboard.js). */
const RESERVED = new Set([
  'Escape', 'F5', 'F6', 'F11', 'F12', 'MetaLeft', 'MetaRight', 'ControlLeft', 'ControlRight', 'AltLeft', 'AltRight',
  'CapsLock', 'NumLock', 'ScrollLock', 'PrintScreen', 'ContextMenu', 'Unidentified',
]);

/** What is printed on keys in every language. */
const SIGNS = new Map([['ArrowUp', '↑'], ['ArrowDown', '↓'], ['ArrowLeft', '←'], ['ArrowRight', '→']]);

/** The codes of every action; `store` holds a player's changes. */
export class Bindings {
  #store;
  /** @type {Map<Action, string[]>} */
  #codes = new Map();
  /** @type {Map<string, Action>} */
  #actions = new Map();
  /** The labels printed on this keyboard's keys. */
  layout;
  /** Called when a binding or the name of a key changes. */
  changed = () => {};

  /** @param {{recall(name: string): any, keep(name: string, value: unknown): void}} store */
  constructor(store) {
    this.#store = store;
    this.layout = new Layout(store);
    this.layout.changed = () => this.changed();
    const own = store.recall('keys') ?? {};
    // A player's own choice takes a key from what has it by default.
    const taken = new Set(ACTIONS.flatMap(({ action }) => (isCodes(own[action]) ? own[action] : [])));
    for (const { action, codes } of ACTIONS) {
      this.#codes.set(action, isCodes(own[action]) ? [...own[action]] : codes.map((code) => (taken.has(code) ? '' : code)));
    }
    this.#index();
  }

  /**
   * The codes of an action; empty for an unused slot.
   * @param {Action} action
   * @returns {readonly string[]}
   */
  codes(action) {
    return this.#codes.get(action) ?? [];
  }

  /**
   * The action of a key or button, if it has one.
   * @param {string} code
   * @returns {Action | undefined}
   */
  action(code) {
    return this.#actions.get(code);
  }

  /**
   * Whether a key may be bound.
   * @param {string} code
   */
  isFree(code) {
    return code !== '' && !RESERVED.has(code);
  }

  /**
   * Binds a key to an action and removes it from the action that had it.
   * @param {Action} action
   * @param {number} slot
   * @param {string} code
   * @returns {Action | null} the action that lost the key
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

  /** Restores the default keys of every action. */
  reset() {
    for (const { action, codes } of ACTIONS) this.#codes.set(action, [...codes]);
    this.#keep();
  }

  /**
   * The name of a key or button.
   * @param {string} code
   */
  name(code) {
    const known = SIGNS.get(code) ?? texts.keys.names[code] ?? this.layout.label(code);
    if (known) return known;
    if (code.startsWith('Mouse')) return texts.keys.button(Number(code.slice(5)) + 1);
    return code.replace(/([a-z])([A-Z0-9])/g, '$1 $2');
  }

  /**
   * The names of an action's keys, without unused slots.
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
