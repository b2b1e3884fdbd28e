// The page: what the keys hold goes to the core, and what the core draws goes to the screen.

import { openSession, run } from './js/net/index.js';

const canvas = document.querySelector('canvas');
const context = canvas.getContext('2d');
const say = (text) => (document.querySelector('output').textContent = text);

const DIRECTIONS = { KeyD: [1, 0], ArrowRight: [1, 0], KeyS: [0, 1], ArrowDown: [0, 1], KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyW: [0, -1], ArrowUp: [0, -1] };
const held = new Set();
let pointer = null; // from the middle of the screen, while it is pressed
addEventListener('keydown', ({ code }) => held.add(code));
addEventListener('keyup', ({ code }) => held.delete(code));
addEventListener('blur', () => held.clear());
for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel']) {
  addEventListener(type, ({ buttons, clientX, clientY }) => (pointer = buttons ? [clientX - innerWidth / 2, clientY - innerHeight / 2] : null));
}

/** What is held, as `Keys` of the rules names it. A heading has 256 steps, clockwise from the east. */
function controls() {
  const keys = Object.keys(DIRECTIONS).filter((code) => held.has(code)).map((code) => DIRECTIONS[code]);
  const [x, y] = pointer ?? keys.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
  return { heading: (Math.atan2(y, x) * 128) / Math.PI, runs: Math.hypot(x, y) > 0 };
}

const session = await openSession({ core: fetch('core.wasm'), on: { state } }).catch(({ message }) => say(message));
globalThis.session = session; // to look at it in the browser's console
session?.join();
run((now) => {
  session?.pump(now, controls());
  if (session?.playing) draw([...session.schema.entities(session.core.draw(now), session.core.stride)]);
});

function state({ name, text }) {
  say(name === 'playing' ? 'Collect gems: W A S D, the arrow keys, or press where to run.' : text ?? 'Connecting…');
}

function draw(things) {
  const scale = devicePixelRatio;
  [canvas.width, canvas.height] = [innerWidth * scale, innerHeight * scale];
  const me = things.find(({ own }) => own) ?? { x: 500, y: 500 };
  context.setTransform(scale, 0, 0, scale, canvas.width / 2 - me.x * scale, canvas.height / 2 - me.y * scale);
  context.fillStyle = '#1f3a5f';
  context.fillRect(0, 0, 1000, 1000);
  const most = Math.max(1, ...things.map(({ gems }) => gems ?? 0));
  for (const thing of things) {
    if (thing.kind === 'gem') disc(thing, 10, '#8be9fd');
    else drawRunner(thing, thing.gems === most);
  }
}

function drawRunner({ x, y, heading, player, gems, own }, leads) {
  disc({ x, y }, 20, `hsl(${player * 67} 80% 60%)`);
  const turn = (heading * Math.PI) / 128;
  disc({ x: x + 12 * Math.cos(turn), y: y + 12 * Math.sin(turn) }, 6, '#14213d');
  context.fillStyle = '#fff';
  context.textAlign = 'center';
  context.font = `${own ? 'bold ' : ''}14px system-ui`;
  context.fillText(`${leads ? '👑 ' : ''}${session.core.name(player) ?? ''} ${gems}`, x, y - 28);
}

function disc({ x, y }, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
