import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pulse } from '../../assets/js/net/loop.js';
import { NetGraph } from '../../assets/js/net/netgraph.js';

test('ticks are due on an even beat however uneven the screen is', () => {
  const pulse = new Pulse(20);
  const due = [1000, 1016, 1051, 1149, 1150].flatMap((now) => pulse.due(now));
  assert.deepEqual(due, [1000, 1050, 1100, 1150]);
});

test('who was away does not catch up', () => {
  const pulse = new Pulse(20);
  pulse.due(0);
  assert.deepEqual(pulse.due(60_000), [60_000]);
  assert.deepEqual(pulse.due(60_049), []);
});

test('rates are over the time between the samples', () => {
  const graph = new NetGraph();
  const at = (frames) => ({ bytes_in: frames * 300, delta_bytes_in: frames * 280, visible_sum: frames * 40, corrections: 0 });
  graph.sample(at(0), 0);
  graph.sample(at(20), 1000);
  assert.equal(graph.rate('bytes_in'), 6000);
  assert.equal(graph.bytesPerEntity, 7);
  graph.reset();
  assert.equal(graph.rate('bytes_in'), 0);
  assert.equal(graph.bytesPerEntity, 0);
});
