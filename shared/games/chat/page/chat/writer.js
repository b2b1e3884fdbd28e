// The field for writing: what is left of a line, what was written before, what comes back refused.

import { LINE_BYTES_MAX, byId, bytes } from './words.js';

/** Lines that the arrow keys bring back. */
const WRITTEN_MAX = 50;
/** From this many bytes left on, the field counts them. */
const COUNT_FROM = 60;
/** A line of whose fate nothing is heard for so long has arrived. */
const ARRIVED_MS = 15_000;

export class Writer {
  #form = byId('write', HTMLFormElement);
  #field = byId('text', HTMLInputElement);
  #left = byId('left', HTMLOutputElement);
  /** Newest last.
   * @type {string[]} */
  #written = [];
  /** Where the arrow keys are in it; at its end is the draft. */
  #at = 0;
  #draft = '';
  /** Sent, and not seen yet.
   * @type {{text: string, at: number}[]} */
  #sent = [];

  /**
   * @param {(text: string) => boolean} send sends a line; false if it can't be sent, and stays
   */
  constructor(send) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (text === '' || bytes(text) > LINE_BYTES_MAX || !send(text)) return;
      this.#remember(text);
      this.#put('');
    });
    this.#field.addEventListener('input', () => this.#count());
    this.#field.addEventListener('keydown', (event) => {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        event.preventDefault();
        this.#recall(event.key === 'ArrowUp' ? -1 : 1);
      }
    });
  }

  focus() {
    this.#field.focus();
  }

  /**
   * Begins a line, before what is written already.
   * @param {string} text
   */
  begin(text) {
    this.#put(text + this.#field.value.replace(/^\/w \S* ?/u, ''));
    this.focus();
  }

  /**
   * Notes that a line has gone out.
   * @param {string} text
   */
  sent(text) {
    const now = performance.now();
    this.#sent = this.#sent.filter(({ at }) => now - at < ARRIVED_MS);
    this.#sent.push({ text, at: now });
  }

  /**
   * Notes that one's line is said, or that a command was obeyed.
   * @param {(text: string) => boolean} is whether it is this one
   */
  arrived(is) {
    const at = this.#sent.findIndex(({ text }) => is(text));
    if (at >= 0) this.#sent.splice(at, 1);
  }

  /** A line was refused: it comes back into the field, unless something new is there already; then
   * the arrow keys bring it back. */
  refused() {
    const text = this.#sent.shift()?.text;
    if (text !== undefined && this.#field.value === '') this.#put(text);
  }

  /** Whether a line takes too many bytes. */
  #count() {
    const left = LINE_BYTES_MAX - bytes(this.#field.value.trim());
    this.#left.textContent = left > COUNT_FROM ? '' : left < 0 ? `${-left} too many` : `${left} left`;
    this.#left.classList.toggle('over', left < 0);
    this.#field.setCustomValidity(left < 0 ? `The line is ${-left} bytes too long.` : '');
  }

  /** @param {string} text */
  #put(text) {
    this.#field.value = text;
    this.#field.setSelectionRange(text.length, text.length);
    this.#count();
  }

  /** @param {string} text */
  #remember(text) {
    if (this.#written.at(-1) !== text && !text.startsWith('/mod ')) this.#written.push(text);
    if (this.#written.length > WRITTEN_MAX) this.#written.shift();
    this.#at = this.#written.length;
    this.#draft = '';
  }

  /** @param {number} step */
  #recall(step) {
    const to = this.#at + step;
    if (to < 0 || to > this.#written.length) return;
    if (this.#at === this.#written.length) this.#draft = this.#field.value;
    this.#at = to;
    this.#put(this.#written[to] ?? this.#draft);
  }
}
