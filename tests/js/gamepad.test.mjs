import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pads, heldActions, padNames, pressedAction, push } from '../../assets/js/arena/gamepad.js';

/** A gamepad as the browser reports it; `down` are the buttons that are pressed. */
function pad(index, { down = [], axes = [0, 0, 0, 0], mapping = 'standard', id = `pad ${index}`, ...more } = {}) {
  const buttons = Array.from({ length: 17 }, (_, button) => ({ pressed: down.includes(button), value: down.includes(button) ? 1 : 0 }));
  return { index, id, mapping, axes, buttons, connected: true, ...more };
}

function bench() {
  const said = [];
  const bench = { pads: [], said };
  bench.reader = new Pads(() => bench.pads, {
    used: (id) => said.push(`used ${id}`),
    lost: () => said.push('lost'),
    refused: (id) => said.push(`refused ${id}`),
  });
  bench.read = (...pads) => {
    bench.pads = pads;
    return bench.reader.read();
  };
  return bench;
}

test('the dead zone is round, and a stick reaches from nothing to its rim in its direction', () => {
  assert.equal(push(0.12, -0.12), null);
  assert.equal(push(NaN, 0), null);
  for (let angle = 0; angle < 6.28; angle += 0.3) {
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const [little, full] = [push(x * 0.19, y * 0.19), push(x, y)];
    assert.ok(Math.hypot(little.x, little.y) < 0.05);
    assert.ok(Math.abs(Math.hypot(full.x, full.y) - 1) < 1e-9);
    assert.ok(Math.abs(full.x - x) < 1e-9 && Math.abs(full.y - y) < 1e-9);
  }
});

test('a pad that appears is read once it is used, and not its buttons that were down already', () => {
  const { read, said } = bench();
  assert.equal(read(), null);
  assert.equal(read(null, pad(1, { down: [0] })), null);
  assert.equal(read(null, pad(1)), null);
  assert.deepEqual(said, []);
  const state = read(null, pad(1, { down: [7, 5], axes: [0, -1, 0, 0] }));
  assert.deepEqual(said, ['used pad 1']);
  assert.deepEqual([...state.pressed].sort(), [5, 7]);
  assert.deepEqual(state.left, { x: 0, y: -1 });
  assert.equal(state.right, null);
  assert.deepEqual(heldActions(state.down), ['fire', 'rail']);
  assert.deepEqual(read(null, pad(1, { down: [7, 5] })).pressed, [], 'a press happens once');
});

test('a worn stick that does not rest in its middle uses no pad', () => {
  const { read, said } = bench();
  read(pad(0, { axes: [0.3, 0, 0, 0] }));
  assert.equal(read(pad(0, { axes: [0.3, 0.1, 0, 0] })), null);
  assert.deepEqual(said, []);
});

test('of several pads the one that last did something counts', () => {
  const { read } = bench();
  read(pad(0), pad(1));
  assert.equal(read(pad(0, { axes: [1, 0, 0, 0] }), pad(1)).id, 'pad 0');
  assert.equal(read(pad(0), pad(1)).id, 'pad 0');
  assert.equal(read(pad(0), pad(1, { down: [9] })).id, 'pad 1');
  assert.equal(read(pad(0), pad(1)).id, 'pad 1');
});

test('a pad that is lost in the game is said once; another goes on', () => {
  const { read, said } = bench();
  read(pad(0), pad(1));
  read(pad(0, { down: [7] }), pad(1));
  assert.equal(read(null, pad(1)), null);
  assert.equal(read(null, pad(1)), null);
  assert.equal(read(pad(0, { connected: false }), pad(1)), null);
  assert.deepEqual(said, ['used pad 0', 'lost']);
  read(null, pad(1, { down: [7] }));
  assert.equal(read(pad(0), pad(1)).id, 'pad 1');
});

test('a pad without the standard mapping is refused once, at its first button, and ignored', () => {
  const { read, said } = bench();
  assert.equal(read(pad(0, { mapping: '' })), null);
  assert.deepEqual(said, [], 'nobody has pressed a button');
  for (let i = 0; i < 3; i += 1) assert.equal(read(pad(0, { mapping: '', down: [0] })), null);
  assert.deepEqual(said, ['refused pad 0']);
  read();
  read(pad(0, { mapping: '', down: [0] }));
  assert.deepEqual(said, ['refused pad 0', 'refused pad 0'], 'it was plugged in again');
});

test('a pad vibrates if it can', async () => {
  const { read, reader } = bench();
  const played = [];
  const motor = { playEffect: (kind, { strongMagnitude }) => (played.push([kind, strongMagnitude]), Promise.reject(new Error('not now'))) };
  read(pad(0, { vibrationActuator: motor }), pad(1));
  reader.rumble(0.5);
  read(pad(0, { vibrationActuator: motor, down: [7] }), pad(1));
  reader.rumble(0.5);
  read(pad(0, { vibrationActuator: motor }), pad(1, { down: [7] }));
  reader.rumble(0.5);
  await null;
  assert.deepEqual(played, [['dual-rumble', 0.5]]);
});

test('buttons have the names that are on the pad', () => {
  assert.deepEqual(padNames('boost', 'Xbox 360 Controller (STANDARD GAMEPAD)'), ['LT', 'LB']);
  assert.deepEqual(padNames('rail', 'DualSense Wireless Controller'), ['R1', '✕']);
  assert.deepEqual(padNames('chat', ''), []);
  assert.deepEqual([8, 9, 14, 15, 3].map(pressedAction), ['players', 'menu', 'previous', 'next', undefined]);
});
