// The keyboard: the one place where the page hears of keys. What belongs to an input method, to a
// field, to a dialog or to the browser is left to them.

import { keepsKey, takesText } from './dom.js';

/** @typedef {import('./bindings.js').Action} Action */

/**
 * Who is told of keys.
 * @typedef {object} KeyActions
 * @property {(event: KeyboardEvent) => boolean} take is asked first; whether it has taken the key
 * @property {(action: Action, event: KeyboardEvent) => void} press the key of an action, again when it repeats
 * @property {(code: string, event: KeyboardEvent) => void} letGo any key
 * @property {() => void} letGoAll keys may have been let go without a word
 * @property {() => void} escape
 * @property {() => void} help
 */

export class Keyboard {
  #bindings;
  #surface;
  #on;
  /** The key that was taken from the page last. */
  #taken = '';
  /** The key that last did something in the game. */
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
    // Before all else, wherever the focus is: some browsers give none to a button that is clicked.
    addEventListener('keydown', (event) => this.#down(event), true);
    addEventListener('keyup', (event) => this.#up(event), true);
    surface.addEventListener('blur', () => surface.classList.remove('reached'));
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    // Browsers that fill in a field by themselves tell of a key that is none.
    if (!(event instanceof KeyboardEvent) || isComposing(event)) return;
    this.#bindings.layout.press(event);
    if (this.#on.take(event)) {
      this.#taken = event.code;
      return event.preventDefault();
    }
    // macOS tells of no key that is let go while Command is held.
    if (event.key === 'Meta') this.#on.letGoAll();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return this.#escape(event);
    const native = keepsKey(event.target, event.code);
    const action = native ? undefined : this.#bindings.action(event.code);
    // A key that has opened a field is not written there while it is held.
    const repeats = event.repeat && event.code === this.#pressed;
    if (action || repeats || searches(event)) event.preventDefault();
    if (action) {
      this.#pressed = event.code;
      this.#on.press(action, event);
    } else if (!native && event.key === '?') {
      this.#on.help();
    }
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    // Held, it would close the menu that it opens, and open it again.
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
    // Letting go of the space bar would press the button that has the focus.
    if (event.code === this.#taken) {
      event.preventDefault();
      this.#taken = '';
    }
    this.#on.letGo(event.code, event);
    // Windows tells only of the last of both.
    if (event.key === 'Shift' && !event.shiftKey) ['ShiftLeft', 'ShiftRight'].forEach((code) => this.#on.letGo(code, event));
    if (event.code === 'Tab') this.#surface.classList.toggle('reached', document.activeElement === this.#surface);
  }
}

/**
 * Whether a key goes to an input method. Safari ends the composition before it tells of the key
 * that did it; the number is what remains.
 * @param {KeyboardEvent} event
 */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Whether Firefox would look in the page for what is typed; the space bar presses buttons.
 * @param {KeyboardEvent} event
 */
function searches({ key, target }) {
  return key !== ' ' && [...key].length === 1 && !takesText(target);
}
