// What a touch screen has beside the sticks themselves: where there is room for them, the rail's button,
// and the keyboard on the screen.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { STICK_REACH, Stick } from '../../assets/js/arena/sticks.js';
import { FakeElement, fakePage } from './page.mjs';

const page = fakePage();
const observed = new Map();
globalThis.ResizeObserver = class {
  constructor(act) {
    this.act = act;
  }

  observe(part) {
    observed.set(part, this.act);
  }
};
const turned = [];
globalThis.screen = { orientation: { addEventListener: (name, act) => turned.push(act) } };
globalThis.HTMLButtonElement = FakeElement;
globalThis.HTMLInputElement = class {};
globalThis.window = globalThis;
const { TouchScreen, followKeyboard, keepScale, railButton } = await import('../../assets/js/arena/touch.js');

const RADIUS = 39;
let surface;
let rail;
let sticks;

/** The rail's button is here, or is not shown. */
function put(x, y, radius = RADIUS) {
  rail.getBoundingClientRect = () => ({ left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius });
}

beforeEach(() => {
  page.clear();
  observed.clear();
  turned.length = 0;
  surface = Object.assign(new FakeElement(), { clientWidth: 390, clientHeight: 844 });
  rail = page('rail');
  put(321, 599);
  sticks = { left: new Stick(), right: new Stick() };
});

const far = ({ origin }, x, y) => Math.hypot(origin.x - x, origin.y - y);

test('nothing shows of sticks that nobody holds, unless their ghosts are wanted', () => {
  const touch = new TouchScreen(surface);
  observed.get(surface)();
  assert.deepEqual(touch.shown(sticks, false), []);
  assert.deepEqual(touch.shown(sticks, true).map(({ ghost, label }) => [ghost, label]), [[true, 'fly'], [true, 'aim + fire']]);
  sticks.left.grab({ pointerId: 1, clientX: 80, clientY: 600, timeStamp: 0 });
  assert.deepEqual(touch.shown(sticks, false).map(({ origin, ghost }) => [origin, ghost]), [[{ x: 80, y: 600 }, false]]);
});

test('the ghosts follow the size of the screen, and stay clear of the button while it is there', () => {
  const touch = new TouchScreen(surface);
  observed.get(surface)();
  const [, before] = touch.shown(sticks, true);
  assert.ok(far(before, 321, 599) >= RADIUS + STICK_REACH);
  // On its side, and the button with it.
  Object.assign(surface, { clientWidth: 844, clientHeight: 390 });
  put(639, 319);
  observed.get(surface)();
  const [left, right] = touch.shown(sticks, true);
  for (const { origin } of [left, right]) assert.ok(origin.y + STICK_REACH <= 390 && origin.x + STICK_REACH <= 844, JSON.stringify(origin));
  assert.ok(far(right, 639, 319) >= RADIUS + STICK_REACH);
  // Without a button the place below is free again.
  put(0, 0, 0);
  observed.get(rail)();
  const [, free] = touch.shown(sticks, true);
  assert.notDeepEqual(free.origin, right.origin);
  assert.equal(free.origin.y, left.origin.y);
});

test('a screen that is turned by half a turn has the same size, and the button elsewhere', () => {
  const touch = new TouchScreen(surface);
  observed.get(surface)();
  put(312, 770);
  turned[0]();
  const [, right] = touch.shown(sticks, true);
  assert.ok(far(right, 312, 770) >= RADIUS + STICK_REACH);
});

test('a browser that says nothing of its orientation has sticks as well', (t) => {
  const { screen } = globalThis;
  t.after(() => (globalThis.screen = screen));
  globalThis.screen = {};
  const touch = new TouchScreen(surface);
  observed.get(surface)();
  assert.equal(touch.shown(sticks, true).length, 2);
});

test('the rail\'s button holds the rail as long as its finger is down, wherever that moves', () => {
  const controls = { rail: false };
  railButton(controls);
  const captured = [];
  rail.setPointerCapture = (finger) => captured.push(finger);
  let prevented = 0;
  const event = { pointerId: 7, preventDefault: () => (prevented += 1) };
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    rail.listeners.get('pointerdown')(event);
    assert.deepEqual([controls.rail, rail.classList.contains('held')], [true, true]);
    rail.listeners.get(end)(event);
    assert.deepEqual([controls.rail, rail.classList.contains('held')], [false, false], end);
  }
  assert.deepEqual(captured, [7, 7, 7]);
  // A long press opens no menu.
  rail.listeners.get('contextmenu')(event);
  assert.equal(prevented, 4);
});

test('the rail\'s button shows how far it is charged', () => {
  const show = railButton({ rail: false });
  const shown = [];
  rail.style.setProperty = (name, value) => shown.push([name, value]);
  for (const [charge, ready] of [[0, false], [0.334, false], [1, true], [0.99, false]]) {
    show(charge);
    assert.equal(rail.classList.contains('ready'), ready, String(charge));
  }
  assert.deepEqual(shown, ['0%', '33%', '100%', '99%'].map((share) => ['--charge', share]));
});

test('what the keyboard on the screen covers is left free, and no more', () => {
  const acts = new Map();
  const set = [];
  Object.assign(globalThis, { innerHeight: 800, visualViewport: { height: 800, scale: 1, offsetTop: 0, addEventListener: (name, act) => acts.set(name, act) } });
  document.documentElement = { style: { setProperty: (name, value) => set.push(`${name} ${value}`) } };
  followKeyboard();
  const now = (seen) => {
    Object.assign(visualViewport, seen);
    acts.get('resize')();
    return set.at(-1);
  };
  assert.equal(now({ height: 460.4 }), '--keyboard 340px');
  assert.equal(now({ offsetTop: 100 }), '--keyboard 240px');
  // A page that is zoomed shows less of itself without any keyboard.
  assert.equal(now({ height: 400, scale: 2, offsetTop: 0 }), '--keyboard 0px');
  assert.equal(now({ height: 900, scale: 1 }), '--keyboard 0px');
  assert.equal(acts.get('scroll'), acts.get('resize'));
  delete globalThis.visualViewport;
  followKeyboard();
});

test('a pinch or a double tap zooms nothing but texts that one writes', () => {
  const acts = new Map();
  document.addEventListener = (name, act, options) => acts.set(name, [act, options]);
  keepScale();
  for (const name of ['gesturestart', 'dblclick']) {
    const [act, { passive }] = acts.get(name);
    assert.equal(passive, false, 'or it could not be prevented');
    let prevented = 0;
    const happens = (target) => act({ target, preventDefault: () => (prevented += 1) });
    happens(new FakeElement());
    assert.equal(prevented, 1);
    happens(new HTMLInputElement());
    assert.equal(prevented, 1);
  }
});
