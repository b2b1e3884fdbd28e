// The keyboard: the only place where the page handles keys. Keys that belong to an input method, a
// field, a dialog or the browser are left to them; in the arena every key without a modifier is the
// game's. Tab lists the players there, so Shift+Tab and F6 are the ways out of the arena by keyboard,
// and the menu.

import { keepsKey, takesText } from './dom.js';

/** @typedef {import('./bindings.js').Action} Action */

/** What the browser keeps in the arena: reload, its own toolbar, full screen, its tools; modifiers. */
const BROWSERS = /^(F5|F6|F11|F12|(Control|Alt|Meta|Shift|OS)(Left|Right)|CapsLock|NumLock|ScrollLock|PrintScreen|ContextMenu)$/;

/**
 * The receiver of keys.
 * @typedef {object} KeyActions
 * @property {(event: KeyboardEvent) => boolean} take called first; returns whether it takes the key
 * @property {(action: Action, event: KeyboardEvent) => void} press the key of an action, also when
 *   it repeats
 * @property {(code: string, event: KeyboardEvent) => void} letGo any key
 * @property {() => void} letGoAll keys may have been released without an event
 * @property {() => void} escape
 * @property {() => void} help
 * @property {() => boolean} flies whether there is a ship to play with; a spectator's Tab reaches buttons
 */

export class Keyboard {
  #bindings;
  #surface;
  #on;
  /** The last key that `take` took. */
  #taken = '';
  /** The last key that triggered an action. */
  #pressed = '';

  /**
   * @param {import('./bindings.js').Bindings} bindings
   * @param {HTMLElement} surface where the game is played
   * @param {KeyActions} on
   */
  constructor(bindings, surface, on) {
    this.#bindings = bindings;
    this.#surface = surface;
    this.#on = on;
    // Captured before anything else, wherever the focus is: some browsers do not focus a clicked
    // button.
    addEventListener('keydown', (event) => this.#down(event), true);
    addEventListener('keyup', (event) => this.#up(event), true);
    surface.addEventListener('blur', () => surface.classList.remove('reached'));
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    // Autofill causes keydown events that are no keyboard events.
    if (!(event instanceof KeyboardEvent) || isComposing(event)) return;
    this.#bindings.layout.press(event);
    if (this.#on.take(event)) {
      this.#taken = event.code;
      return event.preventDefault();
    }
    // macOS reports no key releases while Command is held.
    if (event.key === 'Meta') this.#on.letGoAll();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return this.#escape(event);
    const native = event.code === 'Tab' ? this.#isTabs(event) : keepsKey(event.target, event.code);
    const action = native ? undefined : this.#bindings.action(event.code);
    // A key that has opened a field must not be typed there while it is held.
    const repeats = event.repeat && event.code === this.#pressed;
    if (action || repeats || searches(event) || (!native && this.#isOurs(event))) event.preventDefault();
    if (action) {
      this.#pressed = event.code;
      this.#on.press(action, event);
    } else if (!native && event.key === '?') {
      this.#on.help();
    }
  }

  /**
   * Whether Tab moves the focus, as everywhere outside of a game.
   * @param {KeyboardEvent} event
   */
  #isTabs({ target, shiftKey }) {
    return shiftKey || target !== this.#surface || !this.#on.flies() || keepsKey(target, 'Tab');
  }

  /**
   * Whether a key in the arena would make the browser do something: search, scroll, ask a question.
   * @param {KeyboardEvent} event
   */
  #isOurs({ target, code, shiftKey }) {
    return target === this.#surface && !shiftKey && !BROWSERS.test(code);
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    // A held key would close the menu that it opens, and open it again.
    if (event.repeat) return event.preventDefault();
    // An open dialog closes by itself.
    if (document.querySelector('dialog[open]')) return;
    event.preventDefault();
    this.#on.escape();
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    if (!(event instanceof KeyboardEvent)) return;
    if (event.code === this.#pressed) this.#pressed = '';
    // Releasing the space bar would press the focused button.
    if (event.code === this.#taken) {
      event.preventDefault();
      this.#taken = '';
    }
    this.#on.letGo(event.code, event);
    // Windows reports only the second release of two Shift keys.
    if (event.key === 'Shift' && !event.shiftKey) ['ShiftLeft', 'ShiftRight'].forEach((code) => this.#on.letGo(code, event));
    if (event.code === 'Tab') this.#surface.classList.toggle('reached', document.activeElement === this.#surface);
  }
}

/**
 * Whether a key goes to an input method. Safari ends the composition before it reports the key that
 * ended it; only the key code 229 shows it.
 * @param {KeyboardEvent} event
 */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Whether Firefox would start a search in the page; the space bar presses buttons instead.
 * @param {KeyboardEvent} event
 */
function searches({ key, target }) {
  return key !== ' ' && [...key].length === 1 && !takesText(target);
}
