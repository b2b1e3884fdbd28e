// Where the first life's hints stand beside the ship.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { fakePage } from './page.mjs';

const page = fakePage();
globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };
const { Hints } = await import('../../assets/js/arena/hints.js');

let hints;

beforeEach(() => {
  page.clear();
  Object.assign(globalThis, { innerWidth: 844, innerHeight: 390 });
  hints = new Hints({ kind: 'touch', names: () => [] });
  page('hint-words').offsetWidth = 300;
  hints.update({ buttons: 0 }, false);
});

test('they stand between the ship and the thumbs only while it flies high', () => {
  const high = (y) => {
    hints.follow(() => ({ x: 400, y }));
    return page('hint').classList.contains('high');
  };
  assert.deepEqual([64, 195, 330, 100].map(high), [true, false, false, true]);
});

test('they stay beside the edges of the screen', () => {
  const at = (x) => {
    hints.follow(() => ({ x, y: 200 }));
    return page('hint').style.transform;
  };
  assert.deepEqual([0, 400, 844].map(at), ['translate(158px, 200px)', 'translate(400px, 200px)', 'translate(686px, 200px)']);
});
