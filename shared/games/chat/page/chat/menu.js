// A menu beside what opened it: by click, touch and keyboard.

import { byId, element } from './words.js';

/** @typedef {{label: string, act: () => void}} Item */

export class Menu {
  #root = byId('menu', HTMLElement);
  /** @type {HTMLElement | null} */
  #opener = null;

  constructor() {
    this.#root.addEventListener('keydown', (event) => this.#key(event));
    this.#root.addEventListener('toggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
      // The focus returns, unless an item has taken it elsewhere.
      if (document.activeElement === document.body) this.#opener?.focus();
    });
  }

  /**
   * @param {HTMLElement} opener
   * @param {string} title what it is about
   * @param {Item[]} items
   */
  open(opener, title, items) {
    if (items.length === 0) return;
    this.#opener = opener;
    this.#root.setAttribute('aria-label', title);
    this.#root.replaceChildren(...items.map(({ label, act }) => {
      const item = element('button', '', label);
      Object.assign(item, { type: 'button', role: 'menuitem', tabIndex: -1 });
      item.setAttribute('role', 'menuitem');
      item.addEventListener('click', () => {
        this.#root.hidePopover();
        opener.focus();
        act();
      });
      return item;
    }));
    this.#root.showPopover();
    this.#place(opener.getBoundingClientRect());
    this.#items()[0].focus();
  }

  /** Below the opener if there is space, above it otherwise.
   * @param {DOMRect} by */
  #place(by) {
    const { offsetWidth: width, offsetHeight: height, style } = this.#root;
    const below = by.bottom + height + 8 <= innerHeight;
    style.top = `${Math.max(8, below ? by.bottom + 4 : by.top - height - 4)}px`;
    style.left = `${Math.max(8, Math.min(by.left, innerWidth - width - 8))}px`;
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...this.#root.children]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const last = items.length - 1;
    const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    if (event.key === 'Tab') this.#root.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items[to].focus();
  }
}
