// What the server takes of a person's words, kept to before they are sent.

/** Bytes of a name and of a chat line (UTF-8), at most. */
export const NAME_BYTES_MAX = 24;
export const CHAT_BYTES_MAX = 200;

const LINES_MAX = 5;
const LINES_MS = 10_000;

const encoder = new TextEncoder();
// Browsers that cannot tell characters as people see them cut between code points.
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : null;

/**
 * As much of the beginning of a text as fits into so many bytes of UTF-8, in whole characters: an
 * emoji of several code points stays or goes, as it does on the server.
 * @param {string} text
 * @param {number} bytesMax
 */
export function cut(text, bytesMax) {
  const characters = segmenter ? Array.from(segmenter.segment(text), ({ segment }) => segment) : Array.from(text);
  let [bytes, end] = [0, 0];
  for (const character of characters) {
    bytes += encoder.encode(character).length;
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * Keeps a field to so many bytes of UTF-8; its `maxlength` would count UTF-16 units.
 * @param {HTMLInputElement} field
 * @param {number} bytesMax
 */
export function limitBytes(field, bytesMax) {
  const fit = () => {
    const text = cut(field.value, bytesMax);
    if (text === field.value) return;
    const caret = field.selectionStart;
    field.value = text;
    field.setSelectionRange(caret, caret);
  };
  // A word that is still being composed belongs to the input method.
  field.addEventListener('input', (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) fit();
  });
  field.addEventListener('compositionend', fit);
  fit();
}

/** How often a line may be said: five times in ten seconds. */
export class Pace {
  /** @type {number[]} */
  #saidAt = [];

  /**
   * Whether a line may be said; if so, it is counted.
   * @param {number} now milliseconds
   */
  allows(now) {
    this.#saidAt = this.#saidAt.filter((at) => now - at < LINES_MS);
    if (this.#saidAt.length >= LINES_MAX) return false;
    this.#saidAt.push(now);
    return true;
  }
}
