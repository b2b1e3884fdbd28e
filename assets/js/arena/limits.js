// The server's limits on a person's words, applied before they are sent.

/** Limit of the UTF-8 bytes of a name, and of a chat line. */
export const NAME_BYTES_MAX = 24;
export const CHAT_BYTES_MAX = 200;

const LINES_MS = 10_000;

const encoder = new TextEncoder();
// Browsers without a segmenter cut between code points instead of user-perceived characters.
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : null;

/** The length in UTF-8 bytes, as the server counts. @param {string} text */
export function bytesOf(text) {
  return encoder.encode(text).length;
}

/**
 * Cuts a text to a limit of UTF-8 bytes, at whole characters: an emoji of several code points stays
 * or goes as a whole, as on the server.
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
 * Limits a field to a number of UTF-8 bytes; its `maxlength` would count UTF-16 units.
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
  // A word still being composed belongs to the input method.
  field.addEventListener('input', (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) fit();
  });
  field.addEventListener('compositionend', fit);
  fit();
}

/** The rate limit of chat lines, whispers and reports, which the server names in its welcome. */
export class Pace {
  /** @type {number[]} */
  #saidAt = [];

  /**
   * Whether a line may be sent; if so, counts it.
   * @param {number} now milliseconds
   * @param {number} linesMax in ten seconds
   */
  allows(now, linesMax) {
    this.#saidAt = this.#saidAt.filter((at) => now - at < LINES_MS);
    if (this.#saidAt.length >= linesMax) return false;
    this.#saidAt.push(now);
    return true;
  }
}
