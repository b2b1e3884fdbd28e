import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pace, cut, limitBytes } from '../../assets/js/arena/limits.js';

test('a text is cut at its bytes, between characters', () => {
  assert.equal(cut('Ada', 24), 'Ada');
  assert.equal(cut('a'.repeat(30), 24), 'a'.repeat(24));
  assert.equal(cut('é'.repeat(13), 24), 'é'.repeat(12));
  assert.equal(cut('aé', 2), 'a');
  assert.equal(cut('🚀'.repeat(7), 24), '🚀'.repeat(6));
  assert.equal(cut('ab🚀', 5), 'ab');
  assert.equal(cut('', 24), '');
});

test('no character of several code points is cut apart', () => {
  const family = '👨\u200d👩\u200d👧';
  assert.equal(cut(`Family${family}`, 24), `Family${family}`);
  assert.equal(cut(`Parents${family}`, 24), 'Parents');
  assert.equal(cut('🇩🇪🇫🇷', 15), '🇩🇪');
  assert.equal(cut('👍🏽👍🏽', 12), '👍🏽');
  assert.equal(cut('a1\ufe0f\u20e3', 7), 'a');
  assert.equal(cut('aq\u0323', 3), 'a');
});

test('half a surrogate pair, as a length in UTF-16 units leaves it, goes', () => {
  const typed = `${'a'.repeat(20)}🚀🚀`;
  assert.equal(cut(typed.slice(0, 23), 24), `${'a'.repeat(20)}🚀`);
});

class Field extends EventTarget {
  value = '';
  selectionStart = 0;

  setSelectionRange(start) {
    this.selectionStart = start;
  }

  type(value, caret, isComposing) {
    [this.value, this.selectionStart] = [value, caret];
    this.dispatchEvent(Object.assign(new Event('input'), { isComposing }));
  }
}

test('a field is cut as it is typed in, and the caret stays', () => {
  const field = new Field();
  limitBytes(field, 4);
  field.type('xéé', 1, false);
  assert.deepEqual([field.value, field.selectionStart], ['xé', 1]);
});

test('a word that is being composed is cut once it is done', () => {
  const field = new Field();
  limitBytes(field, 4);
  field.type('日本', 2, true);
  assert.equal(field.value, '日本');
  field.dispatchEvent(new Event('compositionend'));
  assert.equal(field.value, '日');
});

test('a suggested text is cut at once', () => {
  const field = new Field();
  field.value = 'abcdef';
  limitBytes(field, 4);
  assert.equal(field.value, 'abcd');
});

test('as many lines in ten seconds as the server takes, and the next when the first of them is ten seconds old', () => {
  const pace = new Pace();
  const said = [0, 1, 2, 3, 4, 5, 9_999, 10_000, 10_000, 10_001].map((second) => pace.allows(second, 5));
  assert.deepEqual(said, [true, true, true, true, true, false, false, true, false, true]);
  assert.deepEqual([pace.allows(10_001, 6), pace.allows(10_001, 6), pace.allows(30_000, 0)], [true, false, false]);
});
