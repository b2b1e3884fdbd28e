// A page that uses only the library: joins a room and shows what it receives as numbers.

import { openSession, run } from '../js/net/index.js';

const show = (id, value) => (document.getElementById(id).textContent = value);
// Zero bytes mean that nothing is held, whatever the game's controls are.
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
  const entities = [...session.schema.entities(session.core.draw(now), session.core.stride)];
  show('entities', entities.length);
  show('kinds', [...new Set(entities.map(({ kind }) => kind))].sort());
  const own = entities.find((entity) => entity.own);
  show('own', own ? `${own.x} ${own.y}` : '');
});
