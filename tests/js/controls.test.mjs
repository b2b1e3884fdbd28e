// What a page holds by name becomes the values that the core takes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Controls } from '../../assets/js/net/controls.js';

const control = (name, more) => ({ name, min: 0, max: 255, default: 0, turns: false, steps_per_unit: 1, values: [], ...more });

const controls = new Controls('small', [
  control('heading', { turns: true }),
  control('runs', { max: 1, values: ['false', 'true'] }),
  control('gait', { max: 2, default: 1, values: ['Rest', 'Walk', 'Run'] }),
  control('aim_x', { min: -160, max: 1600, steps_per_unit: 16 }),
  control('weapon', { min: 1, max: 4, default: 1 }),
]);

/** The values, and what was reported. */
function read(held) {
  const reported = [];
  const values = [...controls.values(held, (name, mistake) => reported.push(`${name}: ${mistake}`))];
  return { values, reported };
}

test('what is not held has its default', () => {
  for (const held of [{}, { heading: undefined, gait: null }]) {
    assert.deepEqual(read(held), { values: [0, 0, 1, 0, 1], reported: [] });
  }
});

test('numbers are in units of the world, enums are names, and directions wrap around', () => {
  const held = { heading: 64.4, runs: true, gait: 'Run', aim_x: -9.97, weapon: 4 };
  assert.deepEqual(read(held), { values: [64, 1, 2, -160, 4], reported: [] });
  assert.deepEqual([-1, 256, -256, 1000, -0.2].map((heading) => read({ heading }).values[0]), [255, 0, 0, 232, 0]);
  assert.deepEqual([false, 'true', 1].map((runs) => read({ runs }).values[1]), [0, 1, 1]);
  assert.equal(read({ gait: 0 }).values[2], 0);
});

test('a mistake is reported by name, and the rest is held', () => {
  const mistake = (held, values, text) => assert.deepEqual(read(held), { values, reported: [text] });
  mistake({ jumps: true, weapon: 2 }, [0, 0, 1, 0, 2], 'jumps: small has no control jumps; it has heading, runs, gait, aim_x, weapon');
  mistake({ weapon: 5 }, [0, 0, 1, 0, 4], 'weapon: weapon is 5; it takes 1 to 4');
  mistake({ weapon: -Infinity }, [0, 0, 1, 0, 1], 'weapon: weapon is -Infinity; it takes 1 to 4');
  mistake({ aim_x: 101 }, [0, 0, 1, 1600, 1], 'aim_x: aim_x is 101; it takes -10 to 100');
  mistake({ gait: 'Fly' }, [0, 0, 1, 0, 1], 'gait: gait is "Fly"; it takes Rest, Walk, Run');
  mistake({ heading: '64' }, [0, 0, 1, 0, 1], 'heading: heading is "64"; it takes 0 to 255');
  mistake({ heading: NaN }, [0, 0, 1, 0, 1], 'heading: heading is NaN; it takes 0 to 255');
  mistake({ runs: 2 }, [0, 1, 1, 0, 1], 'runs: runs is 2; it takes false, true');
});

test('a game that describes no controls takes bytes', () => {
  const reported = [];
  assert.equal(new Controls('toy', []).values({ dx: 1 }, (_, mistake) => reported.push(mistake)).length, 0);
  assert.deepEqual(reported, ['toy describes no controls: hold them as bytes, a Uint8Array']);
});
