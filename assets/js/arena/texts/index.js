// Every text of the page, in the reader's language. English is in `en.js`, and that of the parts which
// never change in `index.html`; another language is one file of the same shape beside it.

import { DE } from './de.js';
import { EN } from './en.js';

/** @typedef {typeof EN} Texts texts by part of the page; those with something to fill in are functions */
/** @typedef {{texts: Texts, page: Record<string, string>}} Language `page` holds what replaces the English of
 *   `index.html`: texts by the `data-text` of their elements, and those of attributes by `NAME@ATTRIBUTE` */

/** The languages beside English, by their primary tags. @type {Record<string, Language>} */
export const LANGUAGES = { de: DE };

/**
 * The first language of a list that the page has.
 * @param {readonly string[]} wanted language tags, the best first
 */
export function choose(wanted) {
  const tags = wanted.map((tag) => tag.split('-')[0].toLowerCase());
  return tags.find((tag) => tag === 'en' || tag in LANGUAGES) ?? 'en';
}

const asked = new URLSearchParams(globalThis.location?.search ?? '').get('lang');
/** The tag of the language in use: `?lang=de`, else the browser's first that the page has; English outside of a page. */
export const language = choose(asked ? [asked] : globalThis.location ? navigator.languages : []);

/** The texts in the language in use. */
export const texts = LANGUAGES[language]?.texts ?? EN;

/**
 * Puts the language in use into the page's own markup.
 * @param {Document} document
 */
export function translate(document) {
  document.documentElement.lang = language;
  const page = LANGUAGES[language]?.page;
  if (!page) return;
  for (const part of document.querySelectorAll('[data-text]')) {
    const name = /** @type {HTMLElement} */ (part).dataset.text ?? '';
    if (page[name]) part.textContent = page[name];
    for (const { name: attribute } of [...part.attributes]) {
      const text = page[`${name}@${attribute}`];
      if (text) part.setAttribute(attribute, text);
    }
  }
}
