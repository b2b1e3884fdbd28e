import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Camera } from '../../assets/js/arena/camera.js';
import { VIEW } from '../../assets/js/arena/fields.js';

function shown(width, height) {
  const camera = new Camera();
  camera.resize(width, height);
  camera.follow({ x: 1000, y: 500 });
  const { left, right, top, bottom } = camera.bounds();
  return { camera, width: right - left, height: bottom - top };
}

test('a wide screen never shows more than the server tells of', () => {
  for (const [width, height] of [[1440, 900], [1920, 1080], [3440, 1440], [844, 390], [1024, 768]]) {
    const view = shown(width, height);
    assert.ok(view.width <= VIEW.width + 1e-6 && view.height <= VIEW.height + 1e-6, `${width} x ${height}`);
  }
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
