// Tag, played with the packed library: D runs east, A west.
import { type Session, openSession, run } from 'drumbeat-net';
import type { Notice, State, Welcome } from 'drumbeat-net/types';
import core from './core.wasm?url';

const pen = document.querySelector('canvas')!.getContext('2d')!;
const held = new Set<string>();
onkeydown = ({ code }) => held.add(code);
onkeyup = ({ code }) => held.delete(code);

const states: State['name'][] = [];
const session: Session = await openSession({
  core: fetch(core),
  on: {
    state: ({ name }: State) => states.push(name),
    notice: (notice: Notice) => console.log(JSON.stringify(notice)),
  },
});
window.session = session;
session.join({ name: 'Ada' });
run((now) => {
  session.pump(now, { heading: held.has('KeyA') ? 128 : 0, runs: held.has('KeyA') || held.has('KeyD') });
  const welcome: Welcome | null = session.welcome;
  if (!session.playing || !session.core || !welcome) return;
  document.title = welcome.name;
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  for (const { x, y, own } of session.schema.entities(session.core.draw(now), session.core.stride)) {
    pen.fillStyle = own ? 'red' : 'black';
    pen.fillRect(x, y, 8, 8);
  }
});

// @ts-expect-error A room has a name, not a number: the types are those of the library.
export const wrong = () => session.join({ room: 7 });
