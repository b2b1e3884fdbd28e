import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SEGMENT, SlowLink } from '../browser/slow-link.mjs';

/** Runs a link to its end. Returns when each flow's bytes arrive, `[milliseconds, bytes so far]`. */
function run(link, sizes) {
  const arrived = sizes.map(() => []);
  let now = 0;
  sizes.forEach((bytes, i) => {
    let sum = 0;
    const flow = link.open((segment) => arrived[i].push([now, sum += segment.length]));
    link.send(flow, Buffer.alloc(bytes), 0);
  });
  for (let next = link.advance(0); next < Infinity; next = link.advance(now)) now = next;
  return arrived;
}

test('a window of ten segments doubles in each round trip', () => {
  const [arrived] = run(new SlowLink({ roundTripMs: 100, kbps: 1e9 }), [70 * SEGMENT]);
  const by = (ms) => arrived.filter(([at]) => at < ms).length;
  assert.deepEqual([49, 51, 149, 151, 249, 251].map(by), [0, 10, 10, 30, 30, 70]);
});

test('the bottleneck is shared, and carries no more than it can', () => {
  const link = new SlowLink({ roundTripMs: 100, kbps: 1_600 });
  const [one, other] = run(link, [100_000, 100_000]);
  const [last, sum] = one.at(-1);
  assert.equal(sum, 100_000);
  // 200 bytes in each millisecond, and one way.
  assert.ok(Math.abs(Math.max(last, other.at(-1)[0]) - 200_000 / 200 - 50) < 100, `${last}`);
  const half = (flow) => flow.find(([, bytes]) => bytes >= 50_000)[0];
  assert.ok(Math.abs(half(one) - half(other)) < 30, 'they take turns');
});

test('bytes arrive whole and in order', () => {
  const link = new SlowLink({ roundTripMs: 20, kbps: 100 });
  const got = [];
  const flow = link.open((bytes) => got.push(bytes));
  const sent = Buffer.from(Array.from({ length: 9_000 }, (_, i) => i % 251));
  link.send(flow, sent.subarray(0, 10), 0);
  link.send(flow, sent.subarray(10), 5);
  for (let now = 5; now < Infinity; now = link.advance(now));
  assert.ok(Buffer.concat(got).equals(sent));
});
