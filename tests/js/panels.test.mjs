import assert from 'node:assert/strict';
import { test } from 'node:test';

/** A panel of a page without a browser; `faded` says what is shown. */
function panel(kind, left, top, right, bottom) {
  const root = { dataset: { panel: kind }, faded: false, box: { left, top, right, bottom } };
  root.getBoundingClientRect = () => root.box;
  root.classList = { toggle: (name, on) => (root[name] = on) };
  return root;
}

const CAMERA = { toScreen: ({ x, y }) => ({ x, y }) };
const roots = { board: panel('', 600, 0, 800, 200), feed: panel('passing', 0, 0, 200, 100), lab: panel('solid', 0, 400, 300, 600), gone: panel('', 0, 0, 0, 0) };
globalThis.document = { querySelectorAll: () => Object.values(roots) };
const { Panels } = await import('../../assets/js/arena/panels.js');

const faded = () => Object.keys(roots).filter((name) => roots[name].faded);

test('the camera is given the panels that stay, once for each change', () => {
  const panels = new Panels();
  const given = [];
  panels.changed = (boxes) => given.push(boxes.map(({ left }) => left));
  panels.measure();
  panels.measure();
  assert.deepEqual(given, [[600, 0]], 'the board and the lab');
  roots.board.box = { ...roots.board.box, left: 650 };
  panels.measure();
  assert.deepEqual(given, [[600, 0], [650, 0]]);
  roots.board.box.left = 600;
});

test('a panel fades while a ship is beneath or nearly so, unless one works with it', () => {
  const panels = new Panels();
  panels.measure();
  const shown = (...ships) => {
    panels.fade(ships, CAMERA);
    return faded();
  };
  assert.deepEqual(shown({ x: 700, y: 100 }), ['board']);
  assert.deepEqual(shown({ x: 590, y: 210 }), ['board'], 'at its corner');
  assert.deepEqual(shown({ x: 570, y: 100 }), [], 'beside it');
  assert.deepEqual(shown({ x: 400, y: 300 }, { x: 100, y: 50 }, { x: 700, y: 10 }), ['board', 'feed']);
  assert.deepEqual(shown({ x: 100, y: 500 }), [], 'the lab');
  assert.deepEqual(shown(), []);
});
