// The chat: lines of the room, and the field for writing one.

import { addRow, byId, element } from './dom.js';
import { CHAT_BYTES_MAX, Pace, limitBytes } from './limits.js';

const ROWS_MAX = 6;
const ROW_MS = 12_000;

export class Chat {
  #form = byId('chat', HTMLFormElement);
  #field = byId('chat-text', HTMLInputElement);
  #lines = byId('lines');
  #connected;
  #say;
  #opened;
  #pace = new Pace();

  /**
   * @param {object} page
   * @param {() => boolean} page.connected whether a line can be sent
   * @param {(text: string) => void} page.say sends a line
   * @param {(open: boolean) => void} page.opened called when the field opens or closes
   */
  constructor({ connected, say, opened }) {
    this.#connected = connected;
    this.#say = say;
    this.#opened = opened;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    limitBytes(this.#field, CHAT_BYTES_MAX);
    this.#field.addEventListener('blur', () => this.close());
  }

  get open() {
    return !this.#form.hidden;
  }

  show() {
    this.#form.hidden = false;
    this.#lines.classList.add('all');
    this.#field.focus();
    this.#opened(true);
  }

  close() {
    if (!this.open) return;
    this.#form.hidden = true;
    this.#lines.classList.remove('all');
    this.#opened(false);
  }

  /** Removes the lines of the previous room. */
  clear() {
    this.#lines.replaceChildren();
  }

  /**
   * Shows a line of a player, or of the game.
   * @param {import('../net/types.js').ChatLine} line
   * @param {boolean} own
   */
  line({ line, name, text }, own) {
    const row = element('li', '', element('b', own ? 'own' : '', name), ' ', text);
    row.dataset.line = String(line);
    addRow(this.#lines, row, ROWS_MAX, ROW_MS);
  }

  /**
   * Removes a line that was withdrawn.
   * @param {number} line
   */
  withdraw(line) {
    for (const row of this.#lines.querySelectorAll(`[data-line="${line}"]`)) row.remove();
  }

  /**
   * Shows a note from the page; a repeated note replaces the last one.
   * @param {string} text
   */
  note(text) {
    const last = this.#lines.lastElementChild;
    if (last?.className.startsWith('note') && last.textContent === text) last.remove();
    addRow(this.#lines, element('li', 'note', text), ROWS_MAX, ROW_MS);
  }

  #submit() {
    const text = this.#field.value;
    if (text.trim()) {
      if (!this.#connected()) return this.note('Not sent: you are offline. Press Enter to try again.');
      // The server would drop the line silently.
      if (!this.#pace.allows(performance.now())) return this.note('Slow down: at most five messages in ten seconds.');
      this.#say(text);
    }
    this.#field.value = '';
    this.close();
  }
}
