import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PALETTE, TINT, ink, mix, tint } from '../../assets/js/arena/palette.js';

/** The channels of a colour in linear light, 0 to 1. */
function light(colour) {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255].map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, cell, i) => sum + cell * vector[i], 0));

// Matrices on linear RGB that give what eyes without one kind of cone see (Viénot, Brettel and
// Mollon 1999; without blue cones: Brettel's half-plane, as in libDaltonLens).
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'no red': [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  'no green': [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
  'no blue': [[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.805, 0.11911]],
};

function lab(rgb) {
  const [x, y, z] = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb);
  const [fx, fy, fz] = [x / 0.9505, y, z / 1.089].map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function apart(one, other, eye) {
  const [a, b] = [one, other].map((colour) => lab(times(EYES[eye], light(colour)).map((part) => Math.max(0, part))));
  return Math.hypot(...a.map((part, i) => part - b[i]));
}

test('own, others and danger are told apart by any eye', () => {
  for (const eye of Object.keys(EYES)) {
    for (const [one, other] of [['own', 'other'], ['own', 'danger'], ['other', 'danger']]) {
      const distance = apart(PALETTE[one], PALETTE[other], eye);
      // 20 is about ten times the just noticeable difference.
      assert.ok(distance > 20, `${one} and ${other} with ${eye} cones: ${distance.toFixed(1)}`);
    }
  }
});

test('what matters stands out from space', () => {
  const luminance = (colour) => times([[0.2126, 0.7152, 0.0722]], light(colour))[0];
  for (const name of ['own', 'other', 'danger', 'text', 'calm', 'repair', 'energy', 'overdrive', 'truth']) {
    const contrast = (luminance(PALETTE[name]) + 0.05) / (luminance(PALETTE.space) + 0.05);
    assert.ok(contrast >= 5, `${name}: ${contrast.toFixed(1)} to 1`);
  }
});

test('a tint has red in its lowest byte and its opacity in the highest', () => {
  assert.equal(tint('#123456'), 0x563412);
  assert.equal(TINT.own, tint(PALETTE.own));
  assert.equal(ink(0x563412, 1) >>> 0, 0xff563412);
  assert.equal(ink(0x563412, 0.5) >>> 24, 128);
  assert.deepEqual([ink(1, -1), ink(1, 7) >>> 24], [1, 255]);
});

test('a mixed tint lies between the two', () => {
  assert.equal(mix(tint('#000000'), tint('#ff8040'), 0.5), tint('#804020'));
  assert.equal(mix(TINT.own, TINT.other, 0), TINT.own);
  assert.equal(mix(TINT.own, TINT.other, 1), TINT.other);
});
