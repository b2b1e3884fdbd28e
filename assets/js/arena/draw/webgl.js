// Draws with WebGL2: the sky, then all sprites in a single instanced call.

import { TINT } from '../palette.js';
import { SLOTS, slotPlace } from './labels.js';
import { SKY_FRAGMENT, SKY_VERTEX, SPRITE_FRAGMENT, SPRITE_VERTEX } from './shaders.js';
import { COLOUR_BYTE, WORDS } from './sprites.js';

const STRIDE = WORDS * 4;
/** Location, number of components, whether they are bytes, byte offset. */
const ATTRIBUTES = /** @type {const} */ ([
  [0, 3, false, 0], [1, 2, false, 12], [2, 3, false, 20], [3, 4, true, COLOUR_BYTE], [4, 4, true, COLOUR_BYTE + 4],
]);

/** A painter; see `painter.js`. */
export class WebGlPainter {
  name = 'webgl2';
  #gl;
  #art;
  #sky;
  #sprites;
  #buffer;
  #bytes = 0;
  #labels;
  #textures;

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {import('./painter.js').Art} art
   */
  constructor(gl, art) {
    this.#gl = gl;
    this.#art = art;
    this.#sky = program(gl, SKY_VERTEX, SKY_FRAGMENT, ['eye', 'screen', 'space', 'nebula']);
    this.#sprites = program(gl, SPRITE_VERTEX, SPRITE_FRAGMENT, ['eye', 'zoom', 'pixel', 'labels', 'skins']);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    for (const [location, size, bytes, from] of ATTRIBUTES) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, bytes ? gl.UNSIGNED_BYTE : gl.FLOAT, bytes, STRIDE, from);
      gl.vertexAttribDivisor(location, 1);
    }
    this.#labels = texture(gl, art.labels.canvas, gl.CLAMP_TO_EDGE, false);
    art.labels.painted.length = 0;
    this.#textures = [
      texture(gl, art.nebula, gl.REPEAT, true),
      this.#labels,
      texture(gl, art.skins, gl.CLAMP_TO_EDGE, true),
    ];
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * @param {import('./sprites.js').Sprites} sprites
   * @param {import('./painter.js').Eye} eye
   */
  draw(sprites, eye) {
    const gl = this.#gl;
    this.#takeLabels();
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    this.#textures.forEach((bound, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, bound);
    });
    this.#drawSky(eye);
    this.#upload(sprites);
    const { at, of } = this.#sprites;
    gl.useProgram(of);
    gl.uniform2f(at.eye, eye.x, eye.y);
    gl.uniform2f(at.zoom, (2 * eye.scale) / eye.width, (-2 * eye.scale) / eye.height);
    gl.uniform1f(at.pixel, 1 / (eye.scale * eye.ratio));
    gl.uniform1i(at.labels, 1);
    gl.uniform1i(at.skins, 2);
    gl.enable(gl.BLEND);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, sprites.count);
  }

  #drawSky(eye) {
    const gl = this.#gl;
    const { at, of } = this.#sky;
    gl.useProgram(of);
    gl.uniform2f(at.eye, eye.x, eye.y);
    gl.uniform2f(at.screen, eye.width, eye.height);
    const { space } = TINT;
    gl.uniform3f(at.space, (space & 255) / 255, ((space >> 8) & 255) / 255, (space >> 16) / 255);
    gl.uniform1i(at.nebula, 0);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** Uploads the sprites; the buffer grows by doubling. */
  #upload(sprites) {
    const gl = this.#gl;
    const wanted = sprites.count * STRIDE;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    if (wanted > this.#bytes) this.#bytes = Math.max(65_536, 2 ** Math.ceil(Math.log2(wanted)));
    // New storage for each picture: the GPU may still be reading the last one.
    gl.bufferData(gl.ARRAY_BUFFER, this.#bytes, gl.STREAM_DRAW);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, sprites.floats, 0, sprites.count * WORDS);
  }

  /** Copies the slots painted since the last picture. */
  #takeLabels() {
    const gl = this.#gl;
    const { canvas, painted } = this.#art.labels;
    if (painted.length === 0) return;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#labels);
    for (const slot of painted) {
      const { x, y } = slotPlace(slot);
      gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, x);
      gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, SLOTS.width, SLOTS.height, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
    }
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
    painted.length = 0;
  }
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex
 * @param {string} fragment
 * @param {string[]} uniforms
 */
function program(gl, vertex, fragment, uniforms) {
  const of = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(/** @type {number} */ (type)));
    gl.shaderSource(shader, /** @type {string} */ (source));
    gl.compileShader(shader);
    gl.attachShader(of, shader);
  }
  gl.linkProgram(of);
  if (!gl.getProgramParameter(of, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(of) ?? []).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`a shader was refused: ${logs.join('\n')}${gl.getProgramInfoLog(of)}`);
  }
  const at = Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(of, name)]));
  return { of, at };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {HTMLCanvasElement} source
 * @param {number} wrap
 * @param {boolean} mipmaps
 */
function texture(gl, source, wrap, mipmaps) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, wrap);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, wrap);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, mipmaps ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR);
  if (mipmaps) gl.generateMipmap(gl.TEXTURE_2D);
  return made;
}
