// Writing on a note: a text field that lies where the note is.

import { COLOURS, FONT, NOTE, NOTE_BYTES_MAX, NOTE_MARGIN } from './palette.js';
import { layText } from './paint.js';

const encoder = new TextEncoder();

export class Writing {
  #field;
  #camera;
  #board;
  #pen;
  /** The note that is written on: a new one has no key.
   * @type {{key: string | null, mark: any, colour: number, x: number, y: number, text: string} | null} */
  note = null;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {import('./camera.js').Camera} camera
   * @param {import('./board.js').Board} board
   * @param {CanvasRenderingContext2D} pen measures texts
   */
  constructor(field, camera, board, pen) {
    [this.#field, this.#camera, this.#board, this.#pen] = [field, camera, board, pen];
    field.addEventListener('blur', () => this.close());
    field.addEventListener('input', () => this.place());
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      const ends = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
      if (ends) [event.preventDefault(), field.blur(), document.getElementById('over')?.focus()];
    });
  }

  /** Begins a new note. @param {{x: number, y: number}} at its middle, units @param {number} colour */
  begin(at, colour) {
    this.#open({ key: null, mark: null, colour, x: Math.round(at.x - NOTE / 2), y: Math.round(at.y - NOTE / 2), text: '' });
  }

  /** Changes a note. @param {string} key */
  edit(key) {
    const note = this.#board.objects.notes.get(key);
    if (note) this.#open({ ...note });
  }

  /** Puts the field where the note is. */
  place() {
    if (!this.note) return;
    const { x, y } = this.#camera.point(this.note);
    const { size } = layText(this.#pen, this.#field.value);
    Object.assign(this.#field.style, {
      width: `${NOTE}px`,
      height: `${NOTE}px`,
      padding: `${NOTE_MARGIN}px`,
      font: `600 ${size}px/1.25 ${FONT}`,
      background: COLOURS[this.note.colour],
      transform: `translate(${x}px, ${y}px) scale(${this.#camera.zoom})`,
    });
  }

  /** Asks the rules for what was written. */
  close() {
    if (!this.note) return;
    const { key, mark, colour, x, y, text: before } = this.note;
    this.note = null;
    this.#field.hidden = true;
    this.#board.isDirty = true;
    const text = cut(this.#field.value.trimEnd());
    if (key && text !== before) this.#board.ask({ Write: { mark, text } });
    if (!key && text) this.#board.ask({ Stick: { colour, place: [Math.max(0, x) * 16, Math.max(0, y) * 16], text } });
  }

  #open(note) {
    this.note = note;
    this.#field.value = note.text;
    this.#field.hidden = false;
    this.place();
    this.#board.isDirty = true;
    this.#field.focus();
  }
}

/** Cuts a text to what a note takes. @param {string} text */
function cut(text) {
  const letters = [...text];
  while (encoder.encode(letters.join('')).length > NOTE_BYTES_MAX) letters.pop();
  return letters.join('');
}
