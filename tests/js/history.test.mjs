import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../../assets/js/net/history.js';
import { paintLanes, scaleMax } from '../../assets/js/net/lanes.js';
import { NetGraph } from '../../assets/js/net/netgraph.js';
import { Ring } from '../../assets/js/net/ring.js';

const all = (ring, since = 0) => {
  const found = [];
  ring.each(since, (at, value) => found.push([at, value]));
  return found;
};

test('a ring keeps the newest values, oldest first', () => {
  const ring = new Ring(3);
  for (let i = 1; i <= 5; i += 1) ring.push(i * 10, i);
  assert.deepEqual(all(ring), [[30, 3], [40, 4], [50, 5]]);
  assert.deepEqual(all(ring, 40), [[40, 4], [50, 5]]);
  assert.equal(ring.count(41), 1);
  ring.clear();
  assert.deepEqual(all(ring), []);
});

test('the history notes a correction and a starved picture when their counts grow', () => {
  const history = new History();
  const live = (corrections, correction, starved) => ({ buffer: 40, corrections, correction, starved });
  history.drew(10, live(0, 0, 0));
  history.drew(20, live(1, 24, 0));
  history.drew(30, live(1, 24, 2));
  history.drew(40);
  assert.deepEqual(all(history.corrections), [[20, 24]]);
  assert.deepEqual(all(history.starved), [[30, 0]]);
  assert.equal(history.buffer.length, 3);
  assert.equal(history.fps(1025), 2);
  history.reset();
  assert.deepEqual(all(history.corrections), []);
});

test('a scale ends at a round number that holds the largest value', () => {
  assert.deepEqual([[0, 1], [2, 1], [340, 100], [51, 30], [0.4, 0.25]].map(([largest, least]) => scaleMax(largest, least)), [1, 2, 500, 100, 0.5]);
});

test('each lane stays within its box, whatever it shows', () => {
  const history = new History();
  for (const [i, buffer] of [-300, 0, 40, 9_000, -1].entries()) {
    history.arrived(i * 500);
    history.drew(i * 500, { buffer, corrections: i, correction: 1e6 * i, starved: i });
  }
  const reached = [];
  const note = (...heights) => reached.push(...heights);
  const context = { clearRect() {}, fillText() {}, beginPath() {}, stroke() {}, lineTo: (x, y) => note(y), fillRect: (x, y, width, height) => note(y, y + height) };
  const colours = { good: '', bad: '', line: '', text: '' };
  paintLanes(context, { width: 300, height: 192 }, history, { now: 2_500, tickMs: 33, unit: 16, colours });
  // Three of 60 pixels, 6 apart.
  const boxes = [0, 66, 132];
  assert.ok(reached.length > 20);
  for (const y of reached) assert.ok(boxes.some((top) => y >= top + 15 && y <= top + 60 + 1), String(y));
});

test('rates are over the time between the samples', () => {
  const { rates } = new NetGraph();
  const at = (frames) => ({ bytes_in: frames * 300, delta_bytes_in: frames * 280, visible_sum: frames * 40 });
  rates.sample(at(0), 0);
  rates.sample(at(20), 1000);
  assert.equal(rates.rate('bytes_in'), 6000);
  assert.equal(rates.bytesPerEntity, 7);
  rates.reset();
  assert.equal(rates.rate('bytes_in'), 0);
  assert.equal(rates.bytesPerEntity, 0);
});
