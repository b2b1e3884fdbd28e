// The dialog that shows and changes the keys.

import { ACTIONS, SHIFT_OPENS_MENU, SLOTS } from './bindings.js';
import { byId, element, setText } from './dom.js';
import { texts } from './texts/index.js';

/** @typedef {import('./bindings.js').Action} Action */

export class KeysDialog {
  #dialog = byId('keys', HTMLDialogElement);
  #rows = byId('keys-rows');
  #said = byId('keys-said');
  #bindings;
  /** The key being changed.
   * @type {{action: Action, slot: number, button: HTMLButtonElement} | null} */
  #asked = null;
  /** Whether the last press was a touch, which the browser emulates as the left button. */
  #touched = false;

  /** @param {import('./bindings.js').Bindings} bindings */
  constructor(bindings) {
    this.#bindings = bindings;
    for (const { action } of ACTIONS) {
      const cells = Array.from({ length: SLOTS }, (_, slot) => element('td', '', this.#button(action, slot)));
      const head = element('th', '', texts.keys.actions[action]);
      head.scope = 'row';
      this.#rows.append(element('tr', '', head, ...cells));
    }
    byId('keys-reset').addEventListener('click', () => {
      this.#ask(null);
      bindings.reset();
      this.#say(texts.keys.reset);
    });
    addEventListener('pointerdown', ({ pointerType }) => (this.#touched = pointerType === 'touch'), true);
    // Captured before the click, so that a mouse button can be chosen anywhere in the dialog.
    this.#dialog.addEventListener('mousedown', (event) => this.#mouse(event), true);
    this.#dialog.addEventListener('contextmenu', (event) => event.preventDefault());
    this.#dialog.addEventListener('close', () => this.#ask(null));
    this.show();
  }

  /** Opens the dialog. */
  showModal() {
    if (this.#dialog.open) return;
    this.#say('');
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  /** Sets whether those without a mouse are helped to aim. */
  set assists(assists) {
    byId('aim-help').hidden = !assists;
  }

  /** Shows the present keys. */
  show() {
    for (const button of this.#rows.querySelectorAll('button')) {
      const { action, slot } = /** @type {{action: Action, slot: string}} */ (/** @type {unknown} */ (button.dataset));
      const code = this.#bindings.codes(action)[Number(slot)];
      const label = texts.keys.actions[action];
      const asked = this.#asked?.button === button;
      const words = code ? this.#bindings.name(code) : texts.keys.none;
      setText(button, asked ? texts.keys.press : words);
      button.classList.toggle('none', !code && !asked);
      button.setAttribute('aria-label', asked ? texts.keys.pressFor(label) : `${label}: ${words}`);
      button.closest('tr')?.classList.toggle('unbound', this.#bindings.names(action).length === 0);
    }
  }

  /**
   * @param {Action} action
   * @param {number} slot
   */
  #button(action, slot) {
    const button = element('button', 'key');
    button.type = 'button';
    Object.assign(button.dataset, { action, slot });
    button.addEventListener('click', () => this.#ask({ action, slot, button }));
    return button;
  }

  /** @param {{action: Action, slot: number, button: HTMLButtonElement} | null} asked */
  #ask(asked) {
    this.#asked = asked;
    this.show();
    asked?.button.focus();
    if (asked) this.#say(texts.keys.ask);
  }

  /**
   * Takes a key press as the answer while the dialog asks for a key.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it took the key
   */
  take(event) {
    if (!this.#asked) return false;
    // A key combination belongs to the browser.
    if ((event.ctrlKey || event.metaKey || event.altKey) && this.#bindings.isFree(event.code)) return false;
    // The key that pressed the button may still be down.
    if (event.repeat) return true;
    const { button } = this.#asked;
    if (event.key === 'Escape') {
      this.#ask(null);
      this.#say('');
    } else {
      this.#choose(event.code);
    }
    button.focus();
    return true;
  }

  /** @param {MouseEvent} event */
  #mouse(event) {
    if (!this.#asked || this.#touched) return;
    // A left button pressed elsewhere acts on what is there.
    if (event.button === 0 && event.target !== this.#asked.button) {
      this.#say('');
      return this.#ask(null);
    }
    event.preventDefault();
    event.stopPropagation();
    // The click that follows belongs to this press.
    const swallow = (/** @type {Event} */ click) => click.stopPropagation();
    this.#dialog.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => this.#dialog.removeEventListener('click', swallow, { capture: true }), 400);
    this.#choose(`Mouse${event.button}`);
  }

  /** @param {string} code */
  #choose(code) {
    if (!this.#asked) return;
    const { action, slot } = this.#asked;
    if (code === 'Delete' || code === 'Backspace') {
      this.#bindings.bind(action, slot, '');
      this.#ask(null);
      return this.#say(texts.keys.cleared);
    }
    if (!this.#bindings.isFree(code)) return this.#say(texts.keys.reserved(this.#bindings.name(code)));
    const from = this.#bindings.bind(action, slot, code);
    this.#ask(null);
    if (SHIFT_OPENS_MENU && /^Shift/.test(code)) return this.#say(texts.keys.shift);
    if (!from) return this.#say('');
    const { taken, takenLast, actions } = texts.keys;
    const said = this.#bindings.names(from).length === 0 ? takenLast : taken;
    this.#say(said(this.#bindings.name(code), actions[from]));
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#said, text);
  }
}
