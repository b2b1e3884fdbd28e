// The sounds of the game, all synthesized with WebAudio, without files. Nothing sounds before
// `unlock`, which browsers require to be called from a click or a key press, nor on a hidden page.

import { chance } from './chance.js';

/** Limit of simultaneous sounds, and the number reserved for sounds that concern the player. */
export const VOICES_MAX = 24;
const VOICES_RESERVED = 6;
/** The distance at which a sound has half its loudness, and the hearing range, world units. */
const HALF_LOUD = 320;
const EARSHOT = 1_300;
/** The sideways distance at which a sound is fully panned, world units. */
const ASIDE = 900;
const NOISE_S = 1;
const HUM_S = 0.4;

export class Sound {
  #open;
  /** @type {AudioContext | null} */
  #context = null;
  #master = /** @type {GainNode | null} */ (null);
  #noise = /** @type {AudioBuffer | null} */ (null);
  #hum = /** @type {{gain: GainNode, tone: OscillatorNode} | null} */ (null);
  /** The end times of the sounds being played, seconds of the context. */
  #ends = /** @type {number[]} */ ([]);
  #muted = false;
  #volume = 0.6;
  #hidden = false;
  /** The position of the listener, world units. */
  listener = { x: 0, y: 0 };

  /** @param {() => AudioContext} [open] creates the context */
  constructor(open = () => new AudioContext()) {
    this.#open = open;
    if (typeof document === 'undefined') return;
    document.addEventListener('visibilitychange', () => (this.hidden = document.hidden));
  }

  /** Lets sounds start; call it from a click or key press, any number of times. */
  unlock() {
    if (this.#context) return void this.#settle();
    try {
      this.#context = this.#open();
    } catch (error) {
      console.warn('drumbeat: no sound:', error);
      return;
    }
    const context = this.#context;
    const limiter = context.createDynamicsCompressor();
    limiter.threshold.value = -14;
    limiter.ratio.value = 12;
    limiter.attack.value = 0.003;
    limiter.release.value = 0.16;
    this.#master = context.createGain();
    this.#master.gain.value = 0;
    // Peaks that are too fast for the limiter are bent instead of clipped.
    const bend = context.createWaveShaper();
    bend.curve = Float32Array.from({ length: 257 }, (_, i) => Math.tanh((i - 128) / 80) * 0.98);
    this.#master.connect(limiter).connect(bend).connect(context.destination);
    this.#noise = noise(context);
    this.#settle();
  }

  /** Whether the sound is off by choice. */
  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    this.#settle();
  }

  /** Loudness, 0 to 1. */
  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#settle();
  }

  /** Sets whether the page is hidden. */
  set hidden(hidden) {
    this.#hidden = hidden;
    this.#settle();
  }

  /** The number of sounds being played. */
  get voices() {
    const now = this.#context?.currentTime ?? 0;
    this.#ends = this.#ends.filter((end) => end > now);
    return this.#ends.length;
  }

  shot(x, y, own) {
    const voice = this.#voice(x, y, own, own ? 0.24 : 0.13, 0.14);
    if (!voice) return;
    this.#tone(voice, 'square', own ? 920 : 700, own ? 210 : 170, 0.11, 0.5);
    this.#hiss(voice, 'highpass', 2_600, 1_800, 0.05, 0.5);
  }

  rail(x, y, own) {
    const voice = this.#voice(x, y, own, own ? 0.5 : 0.34, 0.75);
    if (!voice) return;
    this.#tone(voice, 'sawtooth', 1_900, 70, 0.36, 0.42);
    this.#tone(voice, 'sine', 130, 38, 0.5, 0.9);
    this.#hiss(voice, 'bandpass', 5_200, 500, 0.7, 0.5);
  }

  /** A hit; `own` if the player was hit, `hurts` false if protection absorbed it. */
  hit(x, y, own, hurts) {
    const voice = this.#voice(x, y, true, own ? 0.5 : 0.26, 0.22);
    if (!voice) return;
    if (!hurts) return void this.#tone(voice, 'triangle', 1_500, 1_150, 0.16, 0.6);
    if (own) this.#tone(voice, 'sine', 190, 55, 0.2, 1);
    else this.#tone(voice, 'triangle', 1_050, 720, 0.07, 0.9);
    this.#hiss(voice, 'bandpass', own ? 900 : 3_000, own ? 300 : 1_600, 0.12, 0.7);
  }

  explosion(x, y, own) {
    const voice = this.#voice(x, y, own, own ? 0.85 : 0.6, 1.3);
    if (!voice) return;
    this.#hiss(voice, 'lowpass', 2_600, 90, 1.2, 1);
    this.#tone(voice, 'sine', 120, 28, 0.7, 1);
    if (own) this.#tone(voice, 'sawtooth', 340, 40, 1.1, 0.35);
  }

  pickup() {
    this.#chime([620, 930, 1_240], 0.07, 0.5);
  }

  respawn() {
    this.#chime([330, 440, 660, 880], 0.09, 0.5);
  }

  /** The player destroyed a ship. */
  kill() {
    this.#chime([880, 1_320], 0.08, 0.6);
  }

  /**
   * The hum of the own engine: 0 is off, 1 thrusts, 2 boosts. Call it repeatedly: the hum fades
   * when the calls stop.
   */
  engine(level) {
    const context = this.#context;
    if (!context || !this.#master) return;
    this.#hum ??= hum(context, this.#master, /** @type {AudioBuffer} */ (this.#noise));
    const { gain, tone } = this.#hum;
    const now = context.currentTime;
    gain.gain.cancelScheduledValues(now);
    gain.gain.setTargetAtTime([0, 0.035, 0.12][level] ?? 0, now, 0.09);
    gain.gain.setTargetAtTime(0, now + HUM_S, 0.09);
    tone.frequency.setTargetAtTime(level === 2 ? 86 : 54, now, 0.12);
  }

  #settle() {
    const [context, master] = [this.#context, this.#master];
    if (!context || !master) return;
    const silent = this.#muted || this.#hidden;
    master.gain.setTargetAtTime(silent ? 0 : this.#volume, context.currentTime, 0.02);
    if (this.#hidden) context.suspend();
    else if (context.state === 'suspended') context.resume();
  }

  /** Starts a voice at a position; null if it is too far, there are too many, or sound is off. */
  #voice(x, y, own, gain, seconds) {
    const [context, master] = [this.#context, this.#master];
    if (!context || !master || context.state !== 'running' || this.#muted || this.#hidden) return null;
    const [dx, dy] = [x - this.listener.x, y - this.listener.y];
    const far = Math.hypot(dx, dy);
    if (far > EARSHOT || this.voices >= (own ? VOICES_MAX : VOICES_MAX - VOICES_RESERVED)) return null;
    const at = context.currentTime;
    this.#ends.push(at + seconds);
    const out = context.createGain();
    out.gain.value = gain / (1 + (far / HALF_LOUD) ** 2);
    const pan = context.createStereoPanner();
    pan.pan.value = Math.max(-0.9, Math.min(0.9, dx / ASIDE));
    out.connect(pan).connect(master);
    return { context, out, at };
  }

  #tone({ context, out, at }, type, from, to, seconds, gain, delay = 0) {
    const tone = context.createOscillator();
    tone.type = type;
    tone.frequency.setValueAtTime(from, at + delay);
    tone.frequency.exponentialRampToValueAtTime(to, at + delay + seconds);
    tone.connect(envelope(context, at + delay, seconds, gain)).connect(out);
    tone.start(at + delay);
    tone.stop(at + delay + seconds + 0.02);
  }

  #hiss({ context, out, at }, type, from, to, seconds, gain) {
    const source = context.createBufferSource();
    source.buffer = this.#noise;
    source.loop = true;
    const filter = context.createBiquadFilter();
    filter.type = type;
    filter.frequency.setValueAtTime(from, at);
    filter.frequency.exponentialRampToValueAtTime(to, at + seconds);
    source.connect(filter).connect(envelope(context, at, seconds, gain)).connect(out);
    source.start(at, Math.random() * NOISE_S);
    source.stop(at + seconds + 0.02);
  }

  #chime(notes, apart, gain) {
    const { x, y } = this.listener;
    const voice = this.#voice(x, y, true, gain, notes.length * apart + 0.3);
    if (!voice) return;
    notes.forEach((note, i) => this.#tone(voice, 'triangle', note, note * 1.005, 0.26, 0.6, i * apart));
  }
}

/** Rises at once, falls by 38 dB in `seconds`, then is off. */
function envelope(context, at, seconds, gain) {
  const node = context.createGain();
  node.gain.setValueAtTime(0.0001, at);
  node.gain.exponentialRampToValueAtTime(gain, at + 0.004);
  node.gain.exponentialRampToValueAtTime(gain * 0.012, at + seconds);
  node.gain.linearRampToValueAtTime(0, at + seconds + 0.02);
  return node;
}

function noise(context) {
  const buffer = context.createBuffer(1, context.sampleRate * NOISE_S, context.sampleRate);
  const samples = buffer.getChannelData(0);
  const random = chance(3);
  for (let i = 0; i < samples.length; i += 1) samples[i] = random() * 2 - 1;
  return buffer;
}

/** Creates an engine that runs all the time, silent at first. */
function hum(context, master, rush) {
  const gain = context.createGain();
  gain.gain.value = 0;
  const tone = context.createOscillator();
  tone.type = 'sawtooth';
  tone.frequency.value = 54;
  const dull = context.createBiquadFilter();
  dull.type = 'lowpass';
  dull.frequency.value = 320;
  const wind = context.createBufferSource();
  wind.buffer = rush;
  wind.loop = true;
  tone.connect(dull);
  wind.connect(dull);
  dull.connect(gain).connect(master);
  tone.start();
  wind.start();
  return { gain, tone };
}
