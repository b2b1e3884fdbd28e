// Words of people: their length in bytes, their names, the links in them. They only ever become text
// nodes.

/** Limit of the UTF-8 bytes of a line, and of a name, as on the server. */
export const LINE_BYTES_MAX = 200;
export const NAME_BYTES_MAX = 24;

const encoder = new TextEncoder();
const LINK = /\bhttps?:\/\/[^\s<>"]+/giu;
/** What follows an address in a sentence. */
const TAIL = /[.,;:!?'’”)\]}]+$/u;

/**
 * How many UTF-8 bytes a text takes.
 * @param {string} text
 */
export function bytes(text) {
  return encoder.encode(text).length;
}

/**
 * What two names have in common that differ in capitals alone.
 * @param {string} name
 */
export function nameKey(name) {
  return name.toLowerCase();
}

/**
 * A hue for a name, degrees.
 * @param {string} name
 */
export function hue(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return sum;
}

/**
 * Whether a line names somebody, as a whole word.
 * @param {string} text
 * @param {string} name
 */
export function mentions(text, name) {
  const word = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return name !== '' && new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

/**
 * A text in pieces: words as they are, and addresses of the web.
 * @param {string} text
 * @returns {(string | URL)[]}
 */
export function pieces(text) {
  /** @type {(string | URL)[]} */
  const found = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(LINK)) {
    const address = untailed(match);
    if (!URL.canParse(address)) continue;
    found.push(text.slice(end, index), new URL(address));
    end = index + address.length;
  }
  found.push(text.slice(end));
  return found.filter((piece) => piece !== '');
}

/**
 * Creates an element with a class and children (elements or text).
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * The element with this id and type.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} '${id}'`);
  return found;
}

/**
 * A text with its links, as one element. A link shows the address as the browser reads it, and says
 * nothing of this page to where it leads.
 * @param {string} text
 */
export function words(text) {
  const made = element('span', 'words');
  made.dir = 'auto';
  for (const piece of pieces(text)) {
    if (typeof piece === 'string') {
      made.append(piece);
      continue;
    }
    const link = element('a', '', piece.href);
    Object.assign(link, { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' });
    made.append(link);
  }
  return made;
}

/**
 * An address without the punctuation behind it; a bracket that it opens itself belongs to it.
 * @param {string} match
 */
function untailed(match) {
  const address = match.replace(TAIL, '');
  const isOpen = address.split('(').length > address.split(')').length;
  return isOpen && match[address.length] === ')' ? `${address})` : address;
}
