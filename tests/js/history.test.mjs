import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../../assets/js/net/history.js';
import { scaleMax } from '../../assets/js/net/lanes.js';
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
