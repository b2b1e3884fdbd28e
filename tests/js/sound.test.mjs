import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Sound, VOICES_MAX } from '../../assets/js/arena/sound.js';

/** An audio parameter that jumps to its last value at once. */
class Param {
  value = 0;
  setValueAtTime(value) {
    this.value = value;
    return this;
  }
  later = [];
  setTargetAtTime(value, at) {
    if (at > 0) this.later.push({ value, at });
    else this.value = value;
  }
  cancelScheduledValues() {
    this.later = [];
  }
  exponentialRampToValueAtTime() {}
  linearRampToValueAtTime() {}
}

class Context {
  state = 'running';
  currentTime = 0;
  sampleRate = 100;
  destination = {};
  started = 0;
  gains = [];
  pans = [];
  #node(params, more = {}) {
    const node = { connect: (next) => next, ...more };
    for (const name of params) node[name] = new Param();
    return node;
  }
  #source(params) {
    return this.#node(params, { start: () => (this.started += 1), stop: () => {} });
  }
  createDynamicsCompressor() {
    return this.#node(['threshold', 'ratio', 'attack', 'release']);
  }
  createWaveShaper() {
    return this.#node([]);
  }
  createGain() {
    const node = this.#node(['gain']);
    this.gains.push(node);
    return node;
  }
  createStereoPanner() {
    const node = this.#node(['pan']);
    this.pans.push(node);
    return node;
  }
  createBiquadFilter() {
    return this.#node(['frequency']);
  }
  createOscillator() {
    return this.#source(['frequency']);
  }
  createBufferSource() {
    return this.#source([]);
  }
  createBuffer(_, length) {
    return { getChannelData: () => new Float32Array(length) };
  }
  suspend() {
    this.state = 'suspended';
  }
  resume() {
    this.state = 'running';
  }
}

function unlocked() {
  const context = new Context();
  const sound = new Sound(() => context);
  sound.unlock();
  const [master] = context.gains;
  return { context, sound, master };
}

test('nothing sounds, and no context is made, before it is unlocked', () => {
  const sound = new Sound(() => assert.fail('a context was made'));
  sound.shot(0, 0, true);
  sound.engine(2);
  sound.muted = true;
  sound.volume = 0.3;
  assert.equal(sound.voices, 0);
});

test('sounds at once are limited, and some are kept for the player', () => {
  const { context, sound } = unlocked();
  for (let i = 0; i < 3 * VOICES_MAX; i += 1) sound.explosion(10, 0, false);
  const others = sound.voices;
  assert.ok(others > 0 && others < VOICES_MAX, String(others));
  for (let i = 0; i < VOICES_MAX; i += 1) sound.explosion(0, 0, true);
  assert.equal(sound.voices, VOICES_MAX);
  context.currentTime = 5;
  assert.equal(sound.voices, 0);
});

test('what is far is quieter and at last not heard, what is aside is in one ear', () => {
  const { context, sound } = unlocked();
  sound.listener = { x: 100, y: 0 };
  const loudness = (x) => {
    const before = context.gains.length;
    sound.shot(x, 0, false);
    return context.gains[before]?.gain.value ?? 0;
  };
  const [here, there] = [loudness(100), loudness(500)];
  assert.ok(here > 2 * there && there > 0, `${here}, ${there}`);
  assert.equal(loudness(5_000), 0);
  assert.ok(context.pans[0].pan.value === 0 && context.pans[1].pan.value > 0.3);
});

test('muted and hidden are silent, the volume stays within its range', () => {
  const { context, sound, master } = unlocked();
  sound.volume = 7;
  assert.equal(master.gain.value, 1);
  sound.volume = 0.5;
  sound.muted = true;
  sound.kill();
  assert.deepEqual([master.gain.value, sound.voices], [0, 0]);
  sound.muted = false;
  sound.hidden = true;
  sound.kill();
  assert.deepEqual([context.state, master.gain.value, sound.voices], ['suspended', 0, 0]);
  sound.hidden = false;
  sound.kill();
  assert.deepEqual([context.state, master.gain.value, sound.voices], ['running', 0.5, 1]);
});

test('the engine hums as it is told, and dies away when nobody tells', () => {
  const { context, sound } = unlocked();
  sound.engine(2);
  const { gain } = context.gains.at(-1);
  const { value: boosting, later } = gain;
  sound.engine(1);
  assert.ok(boosting > gain.value && gain.value > 0);
  assert.deepEqual(later.map(({ value }) => value), [0]);
  assert.equal(gain.later.length, 1);
});

test('without audio the game goes on', (t) => {
  t.mock.method(console, 'warn', () => {});
  const sound = new Sound(() => {
    throw new Error('none here');
  });
  sound.unlock();
  sound.rail(0, 0, true);
  assert.equal(sound.voices, 0);
});
