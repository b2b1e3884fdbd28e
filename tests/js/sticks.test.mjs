import assert from 'node:assert/strict';
import { test } from 'node:test';

import { STICK_REACH, Stick, clearOf, sticksOn } from '../../assets/js/arena/sticks.js';

const down = (pointerId, clientX, clientY, timeStamp = 0) => ({ pointerId, clientX, clientY, timeStamp });

test('a stick belongs to the finger that came first and stays within its rim', () => {
  const stick = new Stick();
  assert.equal(stick.grab(down(1, 100, 100)), false);
  assert.equal(stick.grab(down(2, 300, 300)), true, 'a second finger');
  stick.move(2, 400, 400);
  assert.deepEqual(stick.value, { x: 0, y: 0 });
  assert.equal(stick.used, false);
  stick.move(1, 100 + STICK_REACH * 9, 100);
  assert.deepEqual(stick.value, { x: 1, y: 0 });
  assert.equal(stick.used, true);
  stick.release(2);
  assert.notEqual(stick.value, null);
  stick.release(1);
  assert.equal(stick.value, null);
});

test('a second tap at once and at the same place is a double tap; nothing else is', () => {
  const taps = (...presses) => {
    const stick = new Stick();
    return presses.map(({ at, x = 100, drag = 0, ms = 80 }) => {
      const again = stick.grab(down(1, x, 100, at));
      stick.move(1, x + drag, 100);
      stick.release(1, at + ms);
      return again;
    });
  };
  assert.deepEqual(taps({ at: 0 }, { at: 200 }), [false, true]);
  assert.deepEqual(taps({ at: 0 }, { at: 200 }, { at: 400 }), [false, true, true], 'and again');
  assert.deepEqual(taps({ at: 0 }, { at: 800 }), [false, false], 'too late');
  assert.deepEqual(taps({ at: 0, drag: 40 }, { at: 200 }), [false, false], 'the first one aimed');
  assert.deepEqual(taps({ at: 0, ms: 500 }, { at: 600 }), [false, false], 'the first one was held');
  assert.deepEqual(taps({ at: 0 }, { at: 200, x: 300 }), [false, false], 'elsewhere');
  const stick = new Stick();
  stick.grab(down(1, 100, 100, 0));
  stick.release();
  assert.equal(stick.grab(down(1, 100, 100, 100)), false, 'the page let go of it');
});

test('the circle of a stick never lies on the ring of the rail', () => {
  const ring = { x: 300, y: 500, radius: 39 };
  for (let x = 180; x <= 390; x += 15) {
    for (let y = 380; y <= 640; y += 20) {
      const clear = clearOf({ x, y }, ring);
      assert.ok(Math.hypot(clear.x - ring.x, clear.y - ring.y) >= ring.radius + STICK_REACH, `${x}, ${y}`);
    }
  }
  assert.deepEqual(clearOf({ x: 20, y: 20 }, ring), { x: 20, y: 20 });
  assert.deepEqual(clearOf({ x: 20, y: 20 }, null), { x: 20, y: 20 });
});

test('ghosts show both sticks until each is pushed, on the screen and clear of the rail', () => {
  const labels = { fly: 'fly', aim: 'aim' };
  for (const [width, height, ring] of [[390, 844, { x: 321, y: 599, radius: 39 }], [844, 390, { x: 639, y: 319, radius: 39 }], [320, 480, { x: 255, y: 345, radius: 39 }], [320, 480, null]]) {
    const sticks = { left: new Stick(), right: new Stick() };
    const screen = { width, height, ring, ghosts: true, labels };
    const shown = sticksOn(sticks, screen);
    assert.deepEqual(shown.map(({ label, ghost }) => [label, ghost]), [['fly', true], ['aim', true]]);
    for (const { origin } of shown) {
      assert.ok(origin.x >= STICK_REACH && origin.x <= width - STICK_REACH && origin.y >= STICK_REACH && origin.y <= height - STICK_REACH, JSON.stringify({ width, height, origin }));
      assert.ok(!ring || Math.hypot(origin.x - ring.x, origin.y - ring.y) >= ring.radius + STICK_REACH);
    }
    sticks.left.grab(down(1, 100, 300));
    sticks.left.move(1, 140, 300);
    assert.deepEqual(sticksOn(sticks, screen).map(({ label }) => label), ['', 'aim']);
    sticks.left.release(1);
    assert.deepEqual(sticksOn(sticks, screen).map(({ label }) => label), ['aim']);
    assert.deepEqual(sticksOn(sticks, { ...screen, ghosts: false }), []);
  }
});
