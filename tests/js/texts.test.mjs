// The page's texts: all in one place, and whole in every language.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { EN } from '../../assets/js/arena/texts/en.js';
import { LANGUAGES, choose, translate } from '../../assets/js/arena/texts/index.js';

const arena = new URL('../../assets/js/arena/', import.meta.url);
const html = readFileSync(new URL('../../assets/index.html', import.meta.url), 'utf8');
const body = html.slice(html.indexOf('<body>'), html.indexOf('<noscript>'));
/** Attributes that a person reads or hears. */
const SPOKEN = ['aria-label', 'aria-description', 'placeholder', 'title', 'alt'];
/** Names, keys and signs, which are the same in every language. */
const SAME = /^(Drumbeat|Esc|Enter|F3|Tab|\?|[\d‹›✕·]*)$/;

/** The elements of the page: their attributes, and the text that is directly in them. */
function elements() {
  const found = [];
  const open = [];
  for (const [, comment, close, tag, attributes = '', whole, text] of body.matchAll(/(<!--[\s\S]*?-->)|<(\/?)([a-z]\w*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/g)) {
    if (comment) continue;
    if (text !== undefined) {
      if (open.length > 0) open.at(-1).text += text.trim();
    } else if (close) {
      assert.equal(open.pop().tag, tag, `<${tag}> is not closed`);
    } else {
      const all = [...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value ?? '']);
      const element = { tag, attributes: Object.fromEntries(all), text: '' };
      found.push(element);
      if (!whole && !['input', 'br', 'img', 'meta', 'link'].includes(tag)) open.push(element);
    }
  }
  return found;
}

/** The names of all texts of the page, as a language has them, with their English. */
function wanted() {
  const names = new Map();
  const note = (name, text) => {
    assert.equal(names.get(name) ?? text, text, `${name} stands for two texts`);
    names.set(name, text);
  };
  for (const { tag, attributes, text } of elements()) {
    const spoken = SPOKEN.filter((name) => attributes[name]);
    const name = attributes['data-text'];
    if (name === undefined) {
      assert.ok(SAME.test(text), `<${tag} id="${attributes.id ?? ''}"> says '${text}' and has no data-text`);
      assert.deepEqual(spoken, [], `<${tag} id="${attributes.id ?? ''}"> has no data-text`);
      continue;
    }
    if (!SAME.test(text)) note(name, text);
    for (const attribute of spoken) note(`${name}@${attribute}`, attributes[attribute]);
    assert.ok(text || spoken.length > 0, `${name} has nothing to say`);
  }
  return names;
}

test('every text of index.html has a name, and every language has all of them and no other', () => {
  const names = [...wanted().keys()].sort();
  assert.ok(names.length > 50);
  for (const [tag, { page }] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(page).sort(), names, tag);
  }
});

test('an element whose text is replaced has nothing else in it', () => {
  for (const [, name, inside] of body.matchAll(/data-text="(\w+)"[^>]*>([^<]*)<(?!\/)/g)) {
    assert.equal(inside.trim(), '', `${name} has text beside other elements`);
  }
});

test('a language has the texts of English, each with what is filled in', () => {
  const compare = (english, other, at) => {
    assert.equal(typeof other, typeof english, at);
    if (typeof english === 'function') {
      const filled = Array.from({ length: english.length }, (_, i) => 40 + i);
      assert.equal(typeof other(...filled), 'string', at);
      // A number or a name that English gives is not withheld.
      for (const value of filled) if (String(english(...filled)).includes(value)) assert.ok(other(...filled).includes(value), `${at} leaves out an argument`);
    } else if (typeof english === 'object' && !(english instanceof Intl.NumberFormat || english instanceof Intl.DateTimeFormat)) {
      assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort(), at);
      for (const name of Object.keys(english)) compare(english[name], other[name], `${at}.${name}`);
    } else if (typeof english === 'string') {
      assert.ok(other.trim(), `${at} is empty`);
    }
  };
  for (const [tag, { texts }] of Object.entries(LANGUAGES)) compare(EN, texts, tag);
});

test('the page has no English of its own outside of its texts', () => {
  // Two words in a row, of which the first is capital, are a sentence; fonts and errors for developers are none.
  const sentence = /(['"`])[^'"`\n]*\b[A-Z][a-z]+ [a-z]+[^'"`\n]*\1/;
  const developers = /new Error\(|new CoreError|console\.|import |^\s*(\/\/|\*|\/\*)|'drumbeat:/;
  const files = readdirSync(arena, { recursive: true }).filter((name) => name.endsWith('.js') && !name.startsWith('texts'));
  assert.ok(files.length > 30);
  for (const file of files) {
    readFileSync(new URL(file, arena), 'utf8').split('\n').forEach((line, i) => {
      assert.ok(developers.test(line) || !sentence.test(line), `${file}:${i + 1}: ${line.trim()}`);
    });
  }
});

test('the first language of the browser that the page has is used', () => {
  assert.equal(choose(['fr-CA', 'de-AT', 'en']), 'de');
  assert.equal(choose(['en-GB', 'de']), 'en');
  assert.equal(choose(['fr', 'pt-BR']), 'en');
  assert.equal(choose([]), 'en');
});

test('English leaves the markup as it is', () => {
  const document = { documentElement: { lang: '' }, querySelectorAll: () => assert.fail('it looks for texts') };
  translate(document);
  assert.equal(document.documentElement.lang, 'en');
});
