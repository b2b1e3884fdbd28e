import assert from 'node:assert/strict';
import { test } from 'node:test';

import { labOfLight, lightOf } from '../browser/lab-colours.mjs';
import { OTHER_HULLS } from '../../assets/js/arena/draw/hulls.js';
import { lookOf } from '../../assets/js/arena/looks.js';
import { HUES, PALETTE, TINT, ink, mix, tint } from '../../assets/js/arena/palette.js';

/** The channels of a colour, bytes. */
function bytes(colour) {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const light = (colour) => bytes(colour).map(lightOf);
const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, cell, i) => sum + cell * vector[i], 0));

// Matrices on linear RGB that give what eyes without one kind of cone see (Viénot, Brettel and
// Mollon 1999; without blue cones: Brettel's half-plane, as in libDaltonLens).
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'no red': [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  'no green': [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
  'no blue': [[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.805, 0.11911]],
};

function apart(one, other, eye) {
  const [a, b] = [one, other].map((colour) => labOfLight(times(EYES[eye], light(colour)).map((part) => Math.max(0, part))));
  return Math.hypot(...a.map((part, i) => part - b[i]));
}

test('own, danger, overdrive and what everybody bounces off are told apart by any eye', () => {
  const names = ['own', 'danger', 'overdrive', 'rockEdge', 'lead'];
  for (const eye of Object.keys(EYES)) {
    for (const [i, one] of names.entries()) {
      for (const other of names.slice(i + 1)) {
        const distance = apart(PALETTE[one], PALETTE[other], eye);
        // 20 is about ten times the just noticeable difference. A border is a line through the whole
        // world: what flies or surrounds a ship differs from it in shape, too.
        const wanted = [one, other].includes('rockEdge') ? 15 : 20;
        assert.ok(distance > wanted, `${one} and ${other} with ${eye} cones: ${distance.toFixed(1)}`);
      }
    }
  }
});

test('nobody else has a hue like what concerns oneself', () => {
  for (const eye of Object.keys(EYES)) {
    for (const hue of HUES) {
      const own = apart(hue, PALETTE.own, eye);
      assert.ok(own > 20, `${hue} and own with ${eye} cones: ${own.toFixed(1)}`);
      const distance = apart(hue, PALETTE.danger, eye);
      assert.ok(distance > 10, `${hue} and danger with ${eye} cones: ${distance.toFixed(1)}`);
    }
  }
});

test('hues are told apart by most eyes, hulls by all', () => {
  for (const [i, one] of HUES.entries()) {
    for (const other of HUES.slice(i + 1)) {
      const distance = apart(one, other, 'all');
      assert.ok(distance > 20, `${one} and ${other}: ${distance.toFixed(1)}`);
    }
  }
  const looks = Array.from({ length: 32 }, (_, player) => lookOf({ player, own: false }, 0));
  assert.equal(new Set(looks.map(({ hull, tint: hue }) => `${hull} ${hue}`)).size, 32);
  for (const [player, { hull, tint: hue }] of looks.entries()) {
    if (player === 0) continue;
    assert.notEqual(hull, looks[player - 1].hull);
    assert.notEqual(hue, looks[player - 1].tint);
  }
});

test('people are filled, house bots are not, and the own ship looks like nobody', () => {
  const [person, bot] = [lookOf({ player: 3, own: false }, 64), lookOf({ player: 67, own: false }, 64)];
  assert.equal(bot.body, null);
  assert.notEqual(person.body, null);
  assert.ok(!OTHER_HULLS.includes(lookOf({ player: 3, own: true }, 64).hull));
});

const BRIGHT = ['own', 'danger', 'lead', 'overdrive', 'rockEdge', 'text', 'calm', 'repair', 'energy', 'truth'];

test('what matters stands out from space', () => {
  const luminance = (colour) => times([[0.2126, 0.7152, 0.0722]], light(colour))[0];
  for (const [name, colour] of Object.entries({ ...Object.fromEntries(BRIGHT.map((name) => [name, PALETTE[name]])), ...HUES })) {
    const contrast = (luminance(colour) + 0.05) / (luminance(PALETTE.space) + 0.05);
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
  assert.equal(mix(TINT.own, TINT.lead, 0), TINT.own);
  assert.equal(mix(TINT.own, TINT.lead, 1), TINT.lead);
});
