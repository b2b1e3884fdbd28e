// Paints sprites on the screen: with WebGL2 where hardware supports it and it is fast enough, otherwise on
// a 2D canvas.

import { Canvas2dPainter } from './canvas2d.js';
import { Labels } from './labels.js';
import { paintNebula } from './nebula.js';
import { paintSkins } from './skins.js';
import { Trial } from './trial.js';
import { WebGlPainter } from './webgl.js';

/**
 * The painter's view: its middle in world units, CSS pixels per world unit, its size in CSS pixels,
 * and device pixels per CSS pixel.
 * @typedef {{x: number, y: number, scale: number, width: number, height: number, ratio: number}} Eye
 */

/**
 * Images that are painted once and then copied.
 * @typedef {{labels: Labels, nebula: HTMLCanvasElement, skins: HTMLCanvasElement}} Art
 */

/** After this time without its context, the 2D canvas takes over. */
const LOST_MS = 3_000;

export class Painter {
  #surface;
  #wanted;
  #canvas = document.createElement('canvas');
  /** @type {WebGlPainter | Canvas2dPainter | null} */
  #brush = null;
  /** Until it is known whether WebGL is fast enough.
   * @type {Trial | null} */
  #trial = null;
  labels = new Labels();
  #art = { labels: this.labels, nebula: paintNebula(), skins: paintSkins() };

  /**
   * @param {HTMLElement} surface the canvas is placed right below it
   * @param {string | null} wanted '2d' for the 2D canvas, 'gl' for WebGL2 even without hardware
   */
  constructor(surface, wanted) {
    this.#surface = surface;
    this.#wanted = wanted;
    this.#place(document.createElement('canvas'));
    if (wanted === '2d' || !this.#openGl()) this.#open2d();
  }

  /** The name of the painter: 'webgl2', '2d', or null while a lost context may return. */
  get name() {
    return this.#brush?.name ?? null;
  }

  /**
   * @param {number} width device pixels
   * @param {number} height device pixels
   */
  resize(width, height) {
    Object.assign(this.#canvas, { width, height });
  }

  /**
   * @param {import('./sprites.js').Sprites} sprites
   * @param {Eye} eye
   * @param {number} now milliseconds
   */
  draw(sprites, eye, now) {
    this.#brush?.draw(sprites, eye);
    const verdict = this.#brush && this.#trial?.drew(now);
    if (!verdict) return;
    this.#trial = null;
    if (verdict === 'fast') return;
    console.warn('drumbeat: drawing without WebGL, which is too slow here');
    this.#giveUp();
  }

  #place(canvas) {
    Object.assign(canvas.style, { position: 'fixed', inset: '0', width: '100%', height: '100%', pointerEvents: 'none' });
    Object.assign(canvas, { width: this.#canvas.width, height: this.#canvas.height, ariaHidden: 'true' });
    this.#canvas.remove();
    this.#canvas = canvas;
    this.#surface.before(canvas);
  }

  /** Starts WebGL2. Returns whether it works. */
  #openGl() {
    const canvas = this.#canvas;
    const gl = canvas.getContext('webgl2', {
      alpha: false,
      antialias: false,
      depth: false,
      powerPreference: 'high-performance',
      failIfMajorPerformanceCaveat: this.#wanted !== 'gl',
    });
    if (!gl) return false;
    if (this.#wanted !== 'gl' && isSoftware(gl)) {
      this.#place(document.createElement('canvas'));
      return false;
    }
    try {
      this.#brush = new WebGlPainter(gl, this.#art);
    } catch (error) {
      console.warn('drumbeat: drawing without WebGL:', error);
      this.#place(document.createElement('canvas'));
      return false;
    }
    this.#guard(canvas, gl);
    if (this.#wanted !== 'gl') this.#trial = new Trial();
    return true;
  }

  /**
   * Handles a lost context: waits for its return, but not for long.
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl its context
   */
  #guard(canvas, gl) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    // An abandoned canvas is no longer on the page, so its events do not matter.
    const givenUp = () => this.#canvas !== canvas;
    canvas.addEventListener('webglcontextlost', (event) => {
      if (givenUp()) return;
      // Without this the browser never restores the context.
      event.preventDefault();
      this.#brush = null;
      clearTimeout(timer);
      timer = setTimeout(() => givenUp() || this.#giveUp(), LOST_MS);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      clearTimeout(timer);
      if (givenUp()) return;
      try {
        this.#brush = new WebGlPainter(gl, this.#art);
      } catch (error) {
        console.warn('drumbeat: drawing without WebGL:', error);
        this.#giveUp();
      }
    });
  }

  /** Goes on without WebGL. */
  #giveUp() {
    this.#trial = null;
    this.#place(document.createElement('canvas'));
    this.#open2d();
  }

  #open2d() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { alpha: false }));
    this.#brush = new Canvas2dPainter(context, this.#art);
  }
}

/**
 * Whether WebGL runs in software, which is far slower than the 2D canvas. Not every browser says so
 * when the context is requested.
 * @param {WebGL2RenderingContext} gl
 */
function isSoftware(gl) {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info !== null && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}
