import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Camera } from '../../assets/js/arena/camera.js';
import { chance } from '../../assets/js/arena/chance.js';
import { freeArea, overlap } from '../../assets/js/arena/freearea.js';
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

const WORLD = { width: 3_200, height: 1_800, house: 64 };

/** Panels of a page with this size: at the corners and edges, as wide and high as the seed says. */
function panelsOf(width, height, random) {
  const wide = () => Math.min(width * 0.48, 60 + random() * 260);
  const high = () => Math.min(height * 0.3, 20 + random() * 240);
  const at = (left, top, w, h) => ({ left, top, right: left + w, bottom: top + h });
  const [a, b, c, d, e] = [[wide(), high()], [wide(), high()], [wide(), high()], [wide(), high()], [wide(), Math.min(90, high())]];
  const all = [at(12, 12, ...a), at(width - 12 - b[0], 12, ...b), at(12, height - 12 - c[1], ...c), at(width - 12 - d[0], height - 12 - d[1], ...d), at((width - e[0]) / 2, height - 12 - e[1], ...e)];
  return all.filter(() => random() < 0.8);
}

test('the free area touches no panel, and no panel leaves nothing', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = chance(seed);
    const [width, height] = [Math.round(320 + random() * 2_000), Math.round(390 + random() * 1_000)];
    const panels = panelsOf(width, height, random);
    const area = freeArea(width, height, panels);
    assert.ok(area.left >= 0 && area.top >= 0 && area.right <= width && area.bottom <= height, `seed ${seed}`);
    assert.ok(area.right - area.left > 100 && area.bottom - area.top > 100, `seed ${seed}: ${JSON.stringify(area)}`);
    for (const panel of panels) assert.ok(!overlap(area, panel), `seed ${seed}`);
  }
  assert.deepEqual(freeArea(800, 600, []), { left: 0, top: 0, right: 800, bottom: 600 });
});

test('no panel ever hides the own ship, wherever it is and however large the screen', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = chance(seed);
    const [width, height] = [Math.round(320 + random() * 2_000), Math.round(390 + random() * 1_000)];
    const camera = new Camera(schema.view);
    camera.world = WORLD;
    const panels = panelsOf(width, height, random);
    camera.avoid(panels);
    camera.resize(width, height, random() < 0.5);
    const edge = (size) => [14, size - 14, random() * size][Math.floor(random() * 3)];
    for (let i = 0; i < 40; i += 1) {
      const ship = { x: edge(WORLD.width), y: edge(WORLD.height) };
      camera.follow(ship);
      const { x, y } = camera.toScreen(ship);
      const reach = 14 * camera.scale;
      const hull = { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
      assert.ok(hull.left >= 0 && hull.right <= width && hull.top >= 0 && hull.bottom <= height, `seed ${seed}: ${JSON.stringify([ship, hull])}`);
      for (const panel of panels) assert.ok(!overlap(hull, panel), `seed ${seed}, ${width} x ${height}: ${JSON.stringify([ship, hull, panel])}`);
    }
  }
});

test('the camera takes to other panels without a jump', () => {
  const camera = new Camera(schema.view);
  camera.world = WORLD;
  camera.resize(844, 390, true);
  const ship = { x: 14, y: 900 };
  camera.follow(ship);
  const before = camera.toScreen(ship).x;
  camera.avoid([{ left: 0, top: 0, right: 200, bottom: 390 }]);
  const seen = [before];
  for (let i = 0; i < 120; i += 1) {
    camera.advance(16.7);
    camera.follow(ship);
    seen.push(camera.toScreen(ship).x);
  }
  assert.ok(seen.every((x, i) => i === 0 || (x >= seen[i - 1] && x - seen[i - 1] < 25)));
  assert.ok(seen.at(-1) > 200, String(seen.at(-1)));
});
