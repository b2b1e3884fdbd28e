// What concerns a player is told apart in the picture by eyes that lack a kind of cone, and without any
// colour: a made-up picture is drawn by the page's own modules, and its pixels are compared.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { labOf } from './lab-colours.mjs';
import { stage } from './stage.mjs';

/** Chromium's names of what it emulates. */
const EYES = ['none', 'protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'];
/** What must differ in colour, with the least difference (CIE 1976; 2.3 is just noticeable). */
const PAIRS = [
  ['own ship', 'enemy ship'], ['own shot', 'enemy shot'], ['own shot', 'shot in overdrive'], ['border', 'enemy shot'],
  ['ring of overdrive', 'own ship'], ['ring of overdrive', 'enemy shot'], ['ring of overdrive', 'border'],
];
const LEAST = 12;

/** Runs in the page: draws the picture, and returns where each thing is, CSS pixels. */
async function drawPicture() {
  const [{ View }, { Scene }, { Effects }, { Sound }, { loadCore }] = await Promise.all(
    ['arena/view', 'arena/scene', 'arena/effects', 'arena/sound', 'net/core'].map((name) => import(`/js/${name}.js`)),
  );
  const core = (await loadCore(fetch('/core.wasm')))();
  const schema = core.schema();
  const surface = document.body.appendChild(document.createElement('div'));
  surface.style.cssText = 'position: fixed; inset: 0';
  const world = { width: 3_200, height: 1_800, rocks: [], house: 64 };
  const view = new View(surface, schema, '2d');
  // A canvas that gets its size loses its picture.
  for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
  view.backdrop.setWorld(world, 'vision');
  view.camera.world = world;
  const [scene, effects] = [new Scene(schema), new Effects({ matches: true }, new Sound())];
  const things = [
    ['own ship', 'ship', { x: 400, y: 400, hp: 100, player: 0, own: 1 }],
    ['enemy ship', 'ship', { x: 600, y: 300, hp: 100, player: 65 }],
    ['wounded ship', 'ship', { x: 760, y: 300, hp: 20, player: 65 }],
    ['ship in overdrive', 'ship', { x: 900, y: 300, hp: 100, player: 65, overdrive: 240 }],
    ['own shot', 'shot', { x: 480, y: 480, vx: 300, player: 0, from: 380 }],
    ['enemy shot', 'shot', { x: 600, y: 480, vx: -300, player: 65, from: 700 }],
    ['shot in overdrive', 'shot', { x: 720, y: 480, vx: -300, player: 65, from: 820, tail: true }],
  ];
  const picture = (moved) => Float32Array.from(things.flatMap(([, name, { own = 0, from, tail, ...fields }], i) => {
    const numbers = new Float32Array(core.stride);
    const kind = schema.kind(name);
    [numbers[schema.head.key], numbers[schema.head.kind], numbers[schema.head.own]] = [i + 1, kind.number, own];
    for (const [field, value] of Object.entries(fields)) {
      const start = field === 'x' && from !== undefined && !moved ? from : value;
      numbers[kind.field(field).at] = field === 'x' || field === 'y' ? start * schema.grid : value;
    }
    return [...numbers];
  }));
  // Shots have flown a little, and everything has faded in.
  scene.update(picture(false), core.stride, 0);
  scene.update(picture(true), core.stride, 1_000);
  for (const shot of scene.shots) shot.overdrive = things[shot.key - 1][2].tail ?? false;
  view.camera.follow(scene.own);
  view.draw(scene, effects, { player: 0, leader: null, aim: 0, calm: true, house: 64, overdriveTicks: 240 }, 1_000);
  const at = Object.fromEntries(things.map(([name, , thing]) => [name, view.camera.toScreen(thing)]));
  // To the right of the ship, where nothing else of it is.
  const ring = view.camera.toScreen({ x: 931, y: 300 });
  return { ...at, border: view.camera.toScreen({ x: 0, y: 600 }), 'ring of overdrive': ring };
}

/**
 * Runs in the page: the mean colour of the bright pixels around a place of a screenshot, and how long
 * and wide they reach.
 */
async function look({ png, x, y, half }) {
  const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(2 * half, 2 * half);
  const context = canvas.getContext('2d');
  context.drawImage(image, half - x, half - y);
  const { data } = context.getImageData(0, 0, 2 * half, 2 * half);
  const lightOf = (i) => 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
  const all = Array.from({ length: data.length / 4 }, (_, i) => 4 * i);
  const most = Math.max(...all.map(lightOf));
  const bright = all.filter((i) => lightOf(i) > 0.65 * most);
  const mean = [0, 1, 2].map((channel) => bright.reduce((sum, i) => sum + data[i + channel], 0) / bright.length);
  const columns = bright.map((i) => (i / 4) % (2 * half));
  const rows = bright.map((i) => Math.floor(i / 4 / (2 * half)));
  return { mean, area: bright.length, wide: Math.max(...columns) - Math.min(...columns) + 1, high: Math.max(...rows) - Math.min(...rows) + 1 };
}

describe('the picture to any eye', () => {
  let ada;
  let devtools;
  let places;

  before(async () => {
    ada = await stage.open('/', { viewport: { width: 800, height: 600 }, deviceScaleFactor: 2 }, stage.quiet);
    await ada.state('title');
    devtools = await ada.page.context().newCDPSession(ada.page);
    places = await ada.page.evaluate(drawPicture);
  });

  after(() => ada?.close());

  for (const eye of EYES) {
    test(eye, async () => {
      await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: eye });
      const png = (await ada.screenshot(`vision-${eye}`)).toString('base64');
      const seen = {};
      for (const [name, { x, y }] of Object.entries(places)) seen[name] = await ada.page.evaluate(look, { png, x: 2 * x, y: 2 * y, half: name.endsWith('ship') ? 44 : name.startsWith('ring') ? 8 : 24 });
      for (const [one, other] of eye === 'achromatopsia' ? [] : PAIRS) {
        const [a, b] = [one, other].map((name) => labOf(seen[name].mean));
        const distance = Math.hypot(...a.map((part, i) => part - b[i]));
        assert.ok(distance > LEAST, `${one} and ${other}: ${distance.toFixed(1)}`);
      }
      // Shape, which needs no colour: a dart is long and thin, a ball is round, a wounded hull is cracked.
      const dart = seen['own shot'];
      const ball = seen['enemy shot'];
      const [whole, wounded] = [seen['enemy ship'].area, seen['wounded ship'].area];
      assert.ok(dart.wide > 3 * dart.high, `the own shot: ${dart.wide} x ${dart.high}`);
      assert.ok(ball.wide < 1.5 * ball.high, `the enemy's shot: ${ball.wide} x ${ball.high}`);
      assert.ok(wounded > 1.1 * whole, `${wounded} pixels of a wounded ship, ${whole} of a whole one`);
    });
  }
});
