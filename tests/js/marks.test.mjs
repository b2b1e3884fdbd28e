// What the picture says of hits and of death: from where, by whom, along which path, with how much left.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { BEAM, BOX, DISC, GLOW, LABEL, RING, STREAK } from '../../assets/js/arena/draw/sprites.js';
import { Marks } from '../../assets/js/arena/marks.js';
import { TINT } from '../../assets/js/arena/palette.js';

const SHAPES = new Map(Object.entries({ BEAM, BOX, DISC, GLOW, LABEL, RING, STREAK }).map(([name, shape]) => [shape, name]));
const OWN = { x: 500, y: 400 };
const FATE = { killer: 7, x: 500, y: 400, fromX: 900, fromY: 400, hull: 0.3, rail: false };
let marks;

beforeEach(() => (marks = new Marks()));

/** What is drawn: sprites and lines by shape, and the texts. */
function drawn(scene, { now = 1_000, protection = '' } = {}) {
  const seen = { RING: [], LABEL: [], DISC: [], GLOW: [], lines: [], texts: [] };
  const sprites = {
    add: (shape, x, y, angle, halfX, halfY, colour, ...more) => seen[SHAPES.get(shape)].push({ x, y, angle, radius: halfX, rgb: colour & 0xffffff, alpha: colour >>> 24, more }),
    line: (...at) => seen.lines.push(at.slice(0, 4)),
  };
  const labels = { text: (text) => seen.texts.push(text) };
  marks.add(sprites, labels, { own: OWN, ships: [], ...scene }, { scale: 1, now, protection });
  return seen;
}

test('a hit is an arc on the side from which it came', () => {
  // Flying east, it came from the west; a quarter of 256 steps further it flew south, and came from the north.
  for (const [aim, x, y] of [[0, -1, 0], [64, 0, -1], [128, 1, 0], [192, 0, 1]]) {
    marks.clear();
    marks.hit(aim, 20, 1_000);
    const { RING: [arc], GLOW: [light] } = drawn({});
    assert.ok(Math.hypot(Math.cos(arc.angle) - x, Math.sin(arc.angle) - y) < 1e-6, String(aim));
    assert.ok(Math.hypot(light.x - OWN.x - x * arc.radius, light.y - OWN.y - y * arc.radius) < 1e-6, String(aim));
    assert.equal(arc.rgb, TINT.danger);
  }
});

test('a hard hit is brighter than a light one; all fade, and as many are shown as one can read', () => {
  marks.hit(0, 5, 1_000);
  marks.hit(64, 60, 1_000);
  const [light, hard] = drawn({}).RING;
  assert.ok(hard.alpha > light.alpha);
  assert.ok(drawn({}, { now: 1_800 }).RING[1].alpha < hard.alpha / 2);
  assert.deepEqual(drawn({}, { now: 1_900 }).RING, []);
  for (let i = 0; i < 20; i += 1) marks.hit(i, 5, 2_000);
  assert.equal(drawn({}, { now: 2_000 }).RING.length, 6);
});

test('who destroyed the own ship has a ring with the hull it has left, where it flies now', () => {
  marks.killed(FATE);
  const { RING: [whole, left], texts, LABEL: [label] } = drawn({ own: null, ships: [{ player: 3, x: 0, y: 0, hull: 1 }, { player: 7, x: 820, y: 350, hull: 0.25 }] });
  assert.deepEqual([whole.x, whole.y, left.x, left.y], [820, 350, 820, 350]);
  assert.equal(left.more.at(-1), 0.25, 'the ring is full by as much');
  assert.ok(left.alpha > whole.alpha);
  // The words say what it had when it fired.
  assert.deepEqual(texts, ['Hull 30%']);
  assert.ok(label.y < 350 - left.radius);
});

test('one that has left the view, or the world, is marked where it fired from', () => {
  marks.killed(FATE);
  const { RING: rings } = drawn({ own: null });
  assert.deepEqual(rings.map(({ x, y }) => [x, y]), [[900, 400], [900, 400]]);
  assert.equal(rings[1].more.at(-1), FATE.hull);
  // Nothing and all would be no arc.
  for (const [hull, shown] of [[0, 0.001], [1, 0.999]]) {
    marks.killed({ ...FATE, hull });
    assert.equal(drawn({ own: null }).RING[1].more.at(-1), shown);
  }
});

test('the path of the shot is dashed from the killer to where the ship was, closer together for the rail', () => {
  const dashes = (rail) => {
    marks.killed({ ...FATE, rail });
    return drawn({ own: null });
  };
  const { lines, DISC: [end] } = dashes(false);
  assert.ok(lines.length > 5);
  for (const [x1, y1, x2, y2] of lines) assert.ok(x1 < 900 && x2 < x1 && x2 > 500 && y1 === 400 && y2 === 400);
  assert.deepEqual([end.x, end.y], [500, 400]);
  assert.ok(dashes(true).lines.length > 1.8 * lines.length);
  marks.killed({ ...FATE, fromX: 500 });
  assert.deepEqual(drawn({ own: null }).lines, [], 'from where it was itself there is no path');
});

test('with the next ship the last death is over, and another room knows nothing of it', () => {
  marks.killed(FATE);
  drawn({});
  assert.deepEqual(drawn({ own: null }).RING, []);
  marks.killed(FATE);
  marks.clear();
  assert.deepEqual(drawn({ own: null }).RING, []);
});

test('what protects the ship is said below it', () => {
  assert.deepEqual(drawn({}).texts, []);
  const { texts, LABEL: [label] } = drawn({}, { protection: 'Protected 1.4 s' });
  assert.deepEqual(texts, ['Protected 1.4 s']);
  assert.ok(label.y > OWN.y);
});
