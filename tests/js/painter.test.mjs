// Which painter draws: WebGL2 where it is there and fast, else the 2D canvas, also after WebGL was lost.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const HARDWARE = 'ANGLE (Some maker, Some card)';
const SOFTWARE = 'Google SwiftShader';
const EYE = { x: 0, y: 0, scale: 1, width: 100, height: 50, ratio: 1 };
const NOTHING = { count: 0, floats: new Float32Array(), colours: new Int32Array() };
const LOST_MS = 3_000;

/** What the browser gives: the name of the device, null without WebGL2, and whether its shaders compile. */
let browser;
/** The canvas on the page. */
let placed;

/** A context that takes whatever is done with it. */
function contextOf(kind) {
  const own = {
    getExtension: (name) => (name === 'WEBGL_debug_renderer_info' ? { UNMASKED_RENDERER_WEBGL: 1 } : null),
    getParameter: () => browser.device,
    getProgramParameter: () => browser.compiles,
    getAttachedShaders: () => [],
    getProgramInfoLog: () => 'no such thing',
    isContextLost: () => false,
    createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
  };
  return new Proxy({ kind, ...own }, { get: (target, name) => target[name] ?? (() => ({ addColorStop() {} })), set: () => true });
}

class FakeCanvas {
  style = {};
  width = 300;
  height = 150;
  listeners = new Map();
  #context = null;

  /** As a real one: of the first kind that it was asked for, and of no other. */
  getContext(kind, options) {
    if (kind === 'webgl2') browser.asked.push(options);
    if (kind === 'webgl2' && browser.device === null) return null;
    this.#context ??= contextOf(kind);
    return this.#context.kind === kind ? this.#context : null;
  }

  addEventListener(name, act) {
    this.listeners.set(name, act);
  }

  /** Something happens to its context; returns whether the page wants it back. */
  happens(name) {
    let wanted = false;
    this.listeners.get(name)?.({ preventDefault: () => (wanted = true) });
    return wanted;
  }

  remove() {
    if (placed === this) placed = null;
  }
}

globalThis.document = { createElement: () => new FakeCanvas() };
globalThis.Path2D = class {
  constructor() {
    return new Proxy(this, { get: () => () => {} });
  }
};
const { Painter } = await import('../../assets/js/arena/draw/painter.js');

const surface = { before: (canvas) => (placed = canvas) };
const open = (wanted = null) => new Painter(surface, wanted);

beforeEach(() => {
  browser = { device: HARDWARE, compiles: true, asked: [] };
  placed = null;
});

test('a graphics card draws with WebGL2, and nothing slower is asked for', () => {
  const painter = open();
  assert.equal(painter.name, 'webgl2');
  assert.deepEqual(browser.asked.map(({ failIfMajorPerformanceCaveat }) => failIfMajorPerformanceCaveat), [true]);
  assert.equal(placed.ariaHidden, 'true');
});

test('without WebGL2, with a slow one or a broken one, the 2D canvas draws', (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  for (const what of [{ device: null }, { device: SOFTWARE }, { device: 'llvmpipe (LLVM 15)' }, { compiles: false }]) {
    Object.assign(browser, { device: HARDWARE, compiles: true }, what);
    const painter = open();
    assert.equal(painter.name, '2d', JSON.stringify(what));
    // A canvas that has been WebGL's gives no other context.
    assert.ok(placed.getContext('2d'));
    painter.draw(NOTHING, EYE, 0);
  }
  assert.equal(warned.mock.callCount(), 1, 'only a broken one is news');
});

test('who asks for one has it: the 2D canvas without a try of WebGL, or WebGL even in software', () => {
  assert.equal(open('2d').name, '2d');
  assert.deepEqual(browser.asked, []);
  browser.device = SOFTWARE;
  assert.equal(open('gl').name, 'webgl2');
  assert.equal(browser.asked[0].failIfMajorPerformanceCaveat, false);
});

test('a lost context is waited for, and drawn with again', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const painter = open();
  const canvas = placed;
  assert.equal(canvas.happens('webglcontextlost'), true, 'the page wants it back');
  assert.equal(painter.name, null);
  painter.draw(NOTHING, EYE, 0);
  t.mock.timers.tick(LOST_MS - 1);
  canvas.happens('webglcontextrestored');
  t.mock.timers.tick(LOST_MS);
  assert.deepEqual([painter.name, placed], ['webgl2', canvas]);
  // Lost once more, it has its whole time again.
  canvas.happens('webglcontextlost');
  t.mock.timers.tick(LOST_MS - 1);
  assert.equal(painter.name, null);
});

test('one that does not come back in time makes room for the 2D canvas, as large, and for good', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const painter = open();
  painter.resize(1_280, 720);
  const canvas = placed;
  canvas.happens('webglcontextlost');
  t.mock.timers.tick(LOST_MS);
  assert.equal(painter.name, '2d');
  assert.notEqual(placed, canvas);
  assert.deepEqual([placed.width, placed.height], [1_280, 720]);
  canvas.happens('webglcontextrestored');
  assert.equal(canvas.happens('webglcontextlost'), false);
  t.mock.timers.tick(LOST_MS);
  assert.equal(painter.name, '2d');
  painter.resize(640, 360);
  assert.deepEqual([placed.width, canvas.width], [640, 1_280], 'only the canvas on the page follows the screen');
});

test('one that comes back broken makes room at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const warned = t.mock.method(console, 'warn', () => {});
  const painter = open();
  placed.happens('webglcontextlost');
  browser.compiles = false;
  placed.happens('webglcontextrestored');
  assert.deepEqual([painter.name, warned.mock.callCount()], ['2d', 1]);
  t.mock.timers.tick(LOST_MS);
  assert.equal(painter.name, '2d');
});

/** Draws for a while with so much time between two pictures, milliseconds; returns who draws at the end. */
function drawn(painter, gap) {
  for (let now = 1_000; now < 9_000; now += gap) painter.draw(NOTHING, EYE, now);
  return painter.name;
}

test('WebGL that is too slow makes room for the 2D canvas, unless it was asked for', (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  assert.equal(drawn(open(), 16), 'webgl2');
  assert.equal(drawn(open('gl'), 400), 'webgl2');
  assert.equal(warned.mock.callCount(), 0);
  assert.equal(drawn(open(), 400), '2d');
  assert.match(warned.mock.calls[0].arguments[0], /too slow/);
});

test('WebGL that was fast once is judged no more', () => {
  const painter = open();
  assert.equal(drawn(painter, 16), 'webgl2');
  for (let now = 10_000; now < 30_000; now += 400) painter.draw(NOTHING, EYE, now);
  assert.equal(painter.name, 'webgl2');
});
