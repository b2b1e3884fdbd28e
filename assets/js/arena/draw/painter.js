// Puts sprites on the screen: with WebGL2 where there is hardware for it, else with a 2D canvas.

import { Canvas2dPainter } from './canvas2d.js';
import { Labels } from './labels.js';
import { paintNebula } from './nebula.js';
import { paintSkins } from './skins.js';
import { WebGlPainter } from './webgl.js';

/**
 * Where the screen looks: its middle in world units, CSS pixels per world unit, its size in CSS
 * pixels, and device pixels per CSS pixel.
 * @typedef {{x: number, y: number, scale: number, width: number, height: number, ratio: number}} Eye
 */

/**
 * What is painted once and copied from then on.
 * @typedef {{labels: Labels, nebula: HTMLCanvasElement, skins: HTMLCanvasElement}} Art
 */

/** Without its context for so long, a screen is taken over by the 2D canvas. */
const LOST_MS = 3_000;

export class Painter {
  #surface;
  #wanted;
  #canvas = document.createElement('canvas');
  /** @type {WebGlPainter | Canvas2dPainter | null} */
  #brush = null;
  labels = new Labels();
  #art = { labels: this.labels, nebula: paintNebula(), skins: paintSkins() };

  /**
   * @param {HTMLElement} surface the picture is put right below it
   * @param {string | null} wanted '2d' for the 2D canvas, 'gl' for WebGL2 even without hardware
   */
  constructor(surface, wanted) {
    this.#surface = surface;
    this.#wanted = wanted;
    this.#place(document.createElement('canvas'));
    if (wanted === '2d' || !this.#openGl()) this.#open2d();
  }

  /** What draws: 'webgl2', '2d', or null while a lost context may still come back. */
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
   */
  draw(sprites, eye) {
    this.#brush?.draw(sprites, eye);
  }

  #place(canvas) {
    Object.assign(canvas.style, { position: 'fixed', inset: '0', width: '100%', height: '100%', pointerEvents: 'none' });
    Object.assign(canvas, { width: this.#canvas.width, height: this.#canvas.height, ariaHidden: 'true' });
    this.#canvas.remove();
    this.#canvas = canvas;
    this.#surface.before(canvas);
  }

  /** Whether WebGL2 is at work now. */
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
    return true;
  }

  /**
   * Takes the loss of a context: waits for it to come back, but not for long.
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl its context
   */
  #guard(canvas, gl) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    // What was given up is no longer on the page, and what befalls it no matter.
    const givenUp = () => this.#canvas !== canvas;
    const giveUp = () => {
      if (givenUp()) return;
      this.#place(document.createElement('canvas'));
      this.#open2d();
    };
    canvas.addEventListener('webglcontextlost', (event) => {
      if (givenUp()) return;
      // Without this the browser never gives it back.
      event.preventDefault();
      this.#brush = null;
      clearTimeout(timer);
      timer = setTimeout(giveUp, LOST_MS);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      clearTimeout(timer);
      if (givenUp()) return;
      try {
        this.#brush = new WebGlPainter(gl, this.#art);
      } catch (error) {
        console.warn('drumbeat: drawing without WebGL:', error);
        giveUp();
      }
    });
  }

  #open2d() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { alpha: false }));
    this.#brush = new Canvas2dPainter(context, this.#art);
  }
}

/**
 * Whether the processor does WebGL's work: far slower than the 2D canvas. Not every browser says so
 * when it is asked for the context.
 * @param {WebGL2RenderingContext} gl
 */
function isSoftware(gl) {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info !== null && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}
