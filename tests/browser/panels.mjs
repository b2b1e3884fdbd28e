// The panels and the own ship, at many sizes of the window: no panel ever hides it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, PHONE } from './player.mjs';
import { stage } from './stage.mjs';

const WIDTHS = [320, 390, 480, 600, 720, 721, 844, 1024, 1100, 1101, 1440, 2560];
const FEW_WIDTHS = [320, 720, 844, 1024, 1440];
const HEIGHTS = [390, 480, 500, 501, 600, 844, 900, 1440];
/** Smaller ones belong to watches. */
const isSmall = (width, height) => Math.min(width, height) < 390 && Math.max(width, height) < 480;

/**
 * Runs in the page: where in the world a panel as it is now would hide the own ship, if anywhere.
 * Each place is tried with the page's own camera.
 */
async function hidden({ coarse }) {
  const [{ Camera }, { overlap }, { loadCore }] = await Promise.all(
    ['arena/camera', 'arena/freearea', 'net/core'].map((name) => import(`/js/${name}.js`)),
  );
  window.schema ??= (await loadCore(fetch('/core.wasm')))().schema();
  const panels = [...document.querySelectorAll('[data-panel]:not([data-panel="passing"])')]
    .map((panel) => ({ name: panel.id || panel.className, ...panel.getBoundingClientRect().toJSON() }))
    .filter(({ width, height }) => width > 0 && height > 0);
  const camera = new Camera(window.schema.view);
  camera.world = { width: 3_200, height: 1_800 };
  camera.avoid(panels);
  camera.resize(innerWidth, innerHeight, coarse);
  const found = [];
  for (let x = 0; x <= 16; x += 1) {
    for (let y = 0; y <= 16; y += 1) {
      // At the border as near as a ship can come.
      const ship = { x: 14 + (x / 16) * (3_200 - 28), y: 14 + (y / 16) * (1_800 - 28) };
      camera.follow(ship);
      const at = camera.toScreen(ship);
      const reach = 14 * camera.scale;
      const hull = { left: at.x - reach, right: at.x + reach, top: at.y - reach, bottom: at.y + reach };
      for (const panel of panels) if (overlap(hull, panel)) found.push([panel.name, ship]);
      if (hull.left < 0 || hull.top < 0 || hull.right > innerWidth || hull.bottom > innerHeight) found.push(['the edge of the screen', ship]);
    }
  }
  return { found, panels: panels.length };
}

/** The pages: for a mouse, for fingers, in a language of long words, and beside the lag lab. */
const PAGES = [['for a mouse', DESKTOP, ''], ['for fingers', { ...PHONE, deviceScaleFactor: 1 }, ''], ['in German', DESKTOP, '&lang=de'], ['beside the lag lab', DESKTOP, '&lab']];

for (const [name, options, query] of PAGES) {
  test(`no panel hides the own ship, ${name}, from 320 x 480 to 2560 x 1440`, async () => {
    const ada = await stage.open(`/?autoplay&name=Ada${query}`, options);
    await ada.state('playing');
    await ada.until(() => document.querySelectorAll('#leaders li').length > 2);
    for (const width of query ? FEW_WIDTHS : WIDTHS) {
      for (const height of HEIGHTS.filter((tall) => !isSmall(width, tall))) {
        await ada.page.setViewportSize({ width, height });
        const { found, panels } = await ada.page.evaluate(hidden, { coarse: options !== DESKTOP });
        assert.ok(panels >= 4, `${width} x ${height}: ${panels} panels`);
        assert.deepEqual(found.slice(0, 3), [], `${width} x ${height}: ${found.length} places`);
      }
    }
    await ada.close();
  });
}
