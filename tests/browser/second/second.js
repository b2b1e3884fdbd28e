// A page on the library alone: joins a room and shows what comes as numbers.

import { openSession, run } from '../js/net/index.js';

const show = (id, value) => (document.getElementById(id).textContent = value);
// Whatever the game's controls are: bytes that mean nothing held.
const IDLE = new Uint8Array(3);

const session = await openSession({
  core: fetch('../core.wasm'),
  on: {
    state: ({ name }) => show('state', name),
    welcome: ({ room }) => show('room', room),
  },
});
session.join({ name: 'Numbers', room: 'numbers' });
run((now) => {
  session.pump(now, IDLE);
  if (!session.playing) return;
  show('tick', session.core.tick);
  show('entities', session.core.draw(now).length / session.core.stride);
});
