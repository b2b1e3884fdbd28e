// Tag on a page: what is held goes to the core, and what the core draws goes to the canvas.

import { openSession, run } from './js/net/index.js';

const pen = document.querySelector('canvas').getContext('2d');
const show = (id, text) => (document.getElementById(id).textContent = text);
const KEYS = { KeyD: [1, 0], ArrowRight: [1, 0], KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyS: [0, 1], ArrowDown: [0, 1], KeyW: [0, -1], ArrowUp: [0, -1] };
const HINT = 'Collect coins, and run from the red one: W A S D, the arrow keys, or hold where to run';
const [SIDE, TILE, RADIUS, FLASH_MS, STEP] = [1600, 100, 20, 1600, Math.PI / 128]; // 256 steps of heading make a turn
const [RED, DARK, WHITE] = ['#ff4d42', '#0b1f1a', '#fff'];
const STAR = Array.from({ length: 18 }, (_, n) => [(n * Math.PI) / 9, n % 2 ? 0.65 : 1]);
const ARROW = [[0, 1], [2.5, 1], [Math.PI, 0.4], [-2.5, 1]];
const held = new Set();
let pointer = null; // where it is pressed
let me = { x: SIDE / 2, y: SIDE / 2 }; // the own runner, also while there is none
let eye = { x: me.x, y: me.y, scale: 1, right: 0, down: 0 }; // the middle of the screen, pixels per unit, units to its edges
let flash = { text: '', own: false, until: 0 };

onkeydown = ({ code }) => held.add(code);
onkeyup = ({ code }) => held.delete(code);
onblur = () => held.clear();
onpointerdown = onpointermove = onpointerup = onpointercancel = ({ buttons, clientX: x, clientY: y }) => (pointer = buttons ? { x, y } : null);

const on = { notice, state: ({ name, text = 'Connecting…' }) => show('say', name === 'playing' ? HINT : text) };
const session = await openSession({ core: fetch('core.wasm'), on }).catch(({ message }) => show('say', message));
session?.join({ name: new URLSearchParams(location.search).get('name') ?? '' });
globalThis.session = session; // for the browser's console
if (session) run((now) => {
  session.pump(now, controls());
  if (session.playing) draw(now, [...session.schema.entities(session.core.draw(now), session.core.stride)]);
});

function controls() {
  const sum = (axis) => Object.keys(KEYS).reduce((sum, code) => sum + (held.has(code) ? KEYS[code][axis] : 0), 0);
  const [x, y] = pointer ? [pointer.x / eye.scale - eye.right + eye.x - me.x, pointer.y / eye.scale - eye.down + eye.y - me.y] : [sum(0), sum(1)];
  return { heading: Math.atan2(y, x) / STEP, runs: Math.hypot(x, y) > 0 };
}

function notice({ event: { Tagged: { by, whom } = {} } = {} }) {
  if (whom === undefined) return;
  const name = (player, self) => (player === session.welcome.player ? self : session.core.name(player) ?? 'somebody');
  flash = { text: `${name(by, 'You')} tagged ${name(whom, 'you')}!`, own: whom === session.welcome.player, until: performance.now() + FLASH_MS };
}

function draw(now, things) {
  me = things.find(({ own }) => own) ?? me;
  const scale = Math.max(innerWidth / 1280, innerHeight / 800);
  const [right, down] = [innerWidth / scale / 2, innerHeight / scale / 2];
  const within = (at, half) => Math.max(half - 60, Math.min(SIDE + 60 - half, at));
  eye = { x: within(me.x, right), y: within(me.y, down), scale, right, down };
  const sharp = scale * devicePixelRatio;
  [pen.canvas.width, pen.canvas.height] = [2 * right * sharp, 2 * down * sharp];
  pen.setTransform(sharp, 0, 0, sharp, (right - eye.x) * sharp, (down - eye.y) * sharp);
  shape('#c9e4a5', -8, -8, (path) => path.roundRect(0, 0, SIDE + 16, SIDE + 16, 12));
  shape('#2f7d4f', 0, 0, (path) => path.rect(0, 0, SIDE, SIDE));
  for (let row = 0; row < SIDE; row += TILE) {
    for (let x = row % (2 * TILE); x < SIDE; x += 2 * TILE) shape('#368858', x, row, (path) => path.rect(0, 0, TILE, TILE));
  }
  for (const { kind, key, x, y } of things) {
    const coin = (size) => (path) => path.ellipse(0, 0, size * Math.abs(Math.cos(now / 500 + key)) + 1, size, 0, 0, 7);
    if (kind === 'coin') for (const [colour, dy, size] of [['#9c6f06', 3, 11], ['#ffd54a', 0, 11], ['#ffe88a', -1, 6]]) shape(colour, x, y + dy, coin(size));
  }
  for (const thing of things) if (thing.kind === 'runner') drawRunner(thing, now);
  const it = things.find((thing) => thing.it);
  if (it) drawArrow(it.x - eye.x, it.y - eye.y);
  drawFlash((flash.until - now) / FLASH_MS);
  show('points', `Points: ${session.schema.private.read(session.core.private).points}${me.it ? ', and you are it' : ''}`);
}

function drawRunner({ x, y, heading, player, it, pause_ticks: pause, own, runs }, now) {
  const turn = heading * STEP;
  const disc = (radius) => (path) => path.arc(0, 0, radius, 0, 7);
  shape('#0004', x + 4, y + 8, disc(RADIUS + 3));
  if (it) { // with a ring that grows once it can tag
    if (!pause) shape('#ff4d4266', x, y, disc(RADIUS * (1.3 + (now % 800) / 800)));
    shape(own ? WHITE : DARK, x, y, polygon(STAR, 36, turn));
    shape(pause && now % 300 < 150 ? '#ffb3ad' : RED, x, y, polygon(STAR, 30, turn));
  } else {
    shape(own ? WHITE : DARK, x, y, disc(RADIUS + 3));
    shape(`hsl(${170 + ((player * 47) % 130)} 85% 64%)`, x, y, disc(RADIUS));
  }
  const far = 11 + (runs ? 2 * Math.sin(now / 50) : 0);
  for (const eye of [turn - 0.6, turn + 0.6]) {
    shape(WHITE, x + far * Math.cos(eye), y + far * Math.sin(eye), disc(6));
    shape(DARK, x + (far + 2) * Math.cos(eye), y + (far + 2) * Math.sin(eye), disc(3));
  }
  write(`${own ? 'you' : session.core.name(player) ?? ''}${it ? ' (it)' : ''}`, x, y - 40, 16);
}

/** Points from the edge of the screen to who is it, unless that is on the screen. */
function drawArrow(dx, dy) {
  const far = Math.max(Math.abs(dx) / (eye.right - 50), Math.abs(dy) / (eye.down - 50));
  for (const [colour, size] of [[WHITE, 38], [RED, 30]]) if (far > 1.15) shape(colour, eye.x + dx / far, eye.y + dy / far, polygon(ARROW, size, Math.atan2(dy, dx)));
}

function drawFlash(left) {
  if (left <= 0) return;
  pen.globalAlpha = flash.own ? 0.5 * left ** 2 : 0;
  shape(RED, 0, 0, (path) => path.rect(-SIDE, -SIDE, 3 * SIDE, 3 * SIDE));
  pen.globalAlpha = Math.min(1, 3 * left);
  write(flash.text, eye.x, eye.y - eye.down / 2.5, Math.min(1, eye.right / 400) * (40 + 40 * left ** 6));
  pen.globalAlpha = 1;
}

/** A shape by its corners: angle and distance, for a shape of size 1. */
function polygon(corners, size, turn) {
  return (path) => corners.forEach(([angle, far]) => path.lineTo(far * size * Math.cos(angle + turn), far * size * Math.sin(angle + turn)));
}

function shape(colour, x, y, trace) {
  pen.translate(x, y);
  pen.beginPath();
  trace(pen);
  pen.fillStyle = colour;
  pen.fill();
  pen.translate(-x, -y);
}

function write(text, x, y, size) {
  Object.assign(pen, { font: `700 ${size}px system-ui, sans-serif`, textAlign: 'center', lineJoin: 'round', lineWidth: size / 4, strokeStyle: DARK, fillStyle: WHITE });
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}
