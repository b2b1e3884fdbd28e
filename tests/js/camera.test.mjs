import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Camera } from '../../assets/js/arena/camera.js';
import { schema } from './arena.mjs';

const VIEW = { width: 2 * schema.view.halfX, height: 2 * schema.view.halfY };

function shown(width, height, coarse = false) {
  const camera = new Camera(schema.view);
  camera.resize(width, height, coarse);
  camera.follow({ x: 1000, y: 500 });
  const { left, right, top, bottom } = camera.bounds();
  return { camera, width: right - left, height: bottom - top };
}

test('a screen never shows more than the server tells of', () => {
  for (const [width, height] of [[1440, 900], [1920, 1080], [3440, 1440], [1024, 768], [800, 900], [720, 1400]]) {
    const view = shown(width, height);
    assert.ok(view.width <= VIEW.width + 1e-6 && view.height <= VIEW.height + 1e-6, `${width} x ${height}`);
  }
});

test('a wide screen for fingers shows no more either', () => {
  const view = shown(844, 390, true);
  assert.ok(view.width <= VIEW.width && view.height <= VIEW.height);
});

test('on an upright screen for fingers the ends are left to the panels', () => {
  const height = shown(800, 1280, true).height;
  assert.ok(height > VIEW.height && height * 0.8 <= VIEW.height + 1e-6, String(height));
});

test('the own ship is in the middle', () => {
  const { left, right, top, bottom } = shown(1440, 900).camera.bounds();
  assert.deepEqual([(left + right) / 2, (top + bottom) / 2], [1000, 500]);
});

test('without a ship the camera stays where it was', () => {
  const { camera } = shown(1440, 900);
  camera.follow(null);
  assert.deepEqual([camera.x, camera.y], [1000, 500]);
});
