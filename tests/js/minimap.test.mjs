// The map in the corner: who is where, the leader far away, and where others fight.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { hueOf } from '../../assets/js/arena/looks.js';
import { PALETTE, fade } from '../../assets/js/arena/palette.js';

/** A canvas that notes what is drawn: paths by their colour, their middles in pixels. */
class FakeCanvas {
  style = {};
  width = 0;
  height = 0;
  clientWidth = 160;
  clientHeight = 160;
  drawn = [];
  #path = [];
  #moved = [0, 0];

  getContext() {
    const point = (x, y) => this.#path.push([x + this.#moved[0], y + this.#moved[1]]);
    const filled = (context) => {
      const middle = [0, 1].map((i) => this.#path.reduce((sum, at) => sum + at[i], 0) / this.#path.length);
      this.drawn.push({ colour: context.fillStyle, x: middle[0], y: middle[1] });
    };
    const canvas = this;
    return (this.context ??= {
      clearRect: () => (canvas.drawn = []),
      drawImage: () => {},
      strokeRect: (...box) => canvas.drawn.push({ box }),
      fillRect(x, y, width, height) {
        canvas.drawn.push({ colour: this.fillStyle, x: x + width / 2, y: y + height / 2 });
      },
      createRadialGradient: (x, y) => ({ x, y, stops: [], addColorStop(at, colour) { this.stops.push(colour); } }),
      beginPath: () => (canvas.#path = []),
      moveTo: point,
      lineTo: point,
      arc: point,
      closePath() {},
      stroke() {},
      fill() {
        filled(this);
      },
      save() {},
      translate: (x, y) => (canvas.#moved = [x, y]),
      rotate() {},
      restore: () => (canvas.#moved = [0, 0]),
    });
  }
}

globalThis.document = { createElement: () => new FakeCanvas() };
globalThis.devicePixelRatio = 2;
const { Minimap } = await import('../../assets/js/arena/minimap.js');

const WORLD = { width: 6_400, height: 6_400, rocks: [{ x: 100, y: 100, radius: 50 }], house: 64 };
const CAMERA = { bounds: () => ({ left: 0, top: 0, right: 640, bottom: 320 }) };
const NOBODY = { own: null, ships: [] };
let canvas;
let map;

beforeEach(() => {
  canvas = new FakeCanvas();
  map = new Minimap(canvas);
  map.setWorld(WORLD);
});

/** Draws and returns what has a colour; 320 pixels are 6,400 units. */
function draw(scene, crowned = true) {
  map.draw({ ...NOBODY, ...scene }, CAMERA, crowned, 0);
  return canvas.drawn.filter(({ colour }) => colour);
}

const near = (at, x, y) => Math.hypot(at.x - x, at.y - y) < 3;

test('it is as sharp as the screen, has the shape of the world, and shows what the screen shows of it', () => {
  draw({});
  assert.deepEqual([canvas.width, canvas.height, canvas.style.aspectRatio], [320, 320, '6400 / 6400']);
  assert.deepEqual(canvas.drawn.find(({ box }) => box).box, [0, 0, 32, 16]);
});

test('ships in view have their colours, the own one its own', () => {
  const own = { own: true, player: 1, x: 3_200, y: 3_200, heading: 0 };
  const seen = draw({ own, ships: [own, { player: 70, x: 640, y: 1_280 }] });
  assert.ok(near(seen.find(({ colour }) => colour === hueOf(70)), 32, 64));
  assert.ok(near(seen.find(({ colour }) => colour === PALETTE.own), 160, 160));
  assert.equal(seen.length, 2, 'the own ship is no other as well');
});

test('a crown stands where the leader is, however far; not while nobody else leads, and not for a dead one', () => {
  const crown = (overview, crowned) => {
    map.overview = { leader_x: 64, leader_y: 192, leads: true, fights: [], ...overview };
    return draw({}, crowned).find(({ colour }) => colour === PALETTE.lead);
  };
  assert.ok(near(crown({}, true), 80, 240));
  assert.equal(crown({}, false), undefined);
  assert.equal(crown({ leads: false }, true), undefined);
});

test('where others fight it glows, the hottest the most', () => {
  // The second cell of the first row, and the last of all.
  map.overview = { leader_x: 0, leader_y: 0, leads: false, fights: [1, 255] };
  const glows = draw({}).map(({ colour }) => colour).filter(({ stops }) => stops);
  assert.deepEqual(glows.map(({ x, y }) => [x, y]), [[30, 10], [310, 310]]);
  assert.deepEqual(glows.map(({ stops }) => stops[0]), [0.6, 0.5].map((alpha) => fade(PALETTE.danger, alpha)));
});

test('another world knows nothing of the fights of the one before', () => {
  map.overview = { leader_x: 64, leader_y: 192, leads: true, fights: [1] };
  map.setWorld({ ...WORLD, width: 12_800 });
  assert.equal(map.overview, null);
  assert.deepEqual(draw({}), []);
  assert.equal(canvas.style.aspectRatio, '12800 / 6400');
});

test('it draws nothing while it is not shown', () => {
  canvas.clientWidth = 0;
  draw({});
  assert.equal(canvas.width, 0);
});
