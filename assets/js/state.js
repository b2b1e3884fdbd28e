// What a test may read: `window.drumbeat`. Nothing in the page depends on it.
//
// {
//   state:  'title' | 'connecting' | 'playing' | 'dead' | 'reconnecting' | 'refused'
//   tick:   number of the newest frame, -1 before it
//   player: id of the player, null before the welcome
//   room:   name of the room, null before the welcome
//   own:    {key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield} or null; x and y
//           in world units, as drawn
//   others: [{key, kind, x, y}] all else in view, as drawn
//   private: the player's private numbers by name
//   stats:  the counters of the client core, refreshed ten times a second
//   fps:    frames drawn in the last second
// }

import { PRIVATE } from './arena/fields.js';

/** Publishes the state of the page, read-only. */
export function publish(page) {
  const shown = {
    get state() {
      return stateOf(page);
    },
    get tick() {
      return page.session.core?.tick ?? -1;
    },
    get player() {
      return page.player;
    },
    get room() {
      return page.session.welcome?.room ?? null;
    },
    get own() {
      const { own } = page.scene;
      if (!own) return null;
      const { key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield } = own;
      return { key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield };
    },
    get others() {
      const others = [...page.scene.all()].filter((entity) => !entity.own);
      return others.map(({ key, kind, x, y }) => ({ key, kind, x, y }));
    },
    get private() {
      const numbers = page.session.core?.private;
      return numbers ? Object.fromEntries(Object.entries(PRIVATE).map(([name, at]) => [name, numbers[at]])) : null;
    },
    get stats() {
      return page.stats;
    },
    get fps() {
      return page.graph.fps;
    },
  };
  Object.defineProperty(window, 'drumbeat', { value: Object.freeze(shown) });
}

function stateOf({ state, session }) {
  if (state.name === 'playing') return session.core.private[PRIVATE.respawnTick] > 0 ? 'dead' : 'playing';
  return { title: 'title', connecting: 'connecting', open: 'connecting', waiting: 'reconnecting', ended: 'refused' }[state.name];
}
