// What a test may read: `window.drumbeat`. Nothing in the page depends on it.
//
// {
//   state:  'title' | 'connecting' | 'playing' | 'dead' | 'spectating' | 'reconnecting' | 'refused'
//           (the title's also while a room is shown behind it)
//   frame:  the number of pictures drawn
//   tick:   number of the newest frame of the server, -1 before the first
//   player: id of the player, null before the welcome and for a spectator
//   room:   name of the room, null before the welcome
//   own:    {key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield} or null; x and y
//           in world units, as drawn
//   device: 'mouse' | 'keys' | 'touch' | 'pad' what the player last used
//   held:   [action] what the player holds, or has tapped since the last picture
//   others: [{key, kind, player, x, y}] all other entities in view, as drawn; the kind is its name
//   private: the player's private numbers, named as in the rules; null without a connection
//   watched: {how: 'leader' | 'player' | 'place', player?, place?} what a spectator follows
//   camera: {x, y, scale} the middle of the screen, world units, and CSS pixels per world unit
//   listed: how many players the server has listed, null while it has not
//   link:   the link conditions, as text
//   switches: {prediction, reconciliation, interpolation, lagCompensation}
//   live:   the core's present numbers, null before the first frame
//   stats:  the counters of the client core, refreshed ten times a second
//   fps:    pictures drawn in the last second
//   renderer: 'webgl2' or '2d', null while there is none
// }

/**
 * Publishes the state of the page, read-only.
 * @param {import('./arena/page.js').Page} page
 */
export function publish(page) {
  const { session } = page;
  const shown = {
    get state() {
      return stateOf(page);
    },
    get frame() {
      return page.pictures.drawn;
    },
    get tick() {
      return session.core?.tick ?? -1;
    },
    get player() {
      return page.player;
    },
    get room() {
      return session.welcome?.room ?? null;
    },
    get own() {
      const { own } = page.scene;
      if (!own) return null;
      const { key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield } = own;
      return { key, x, y, vx, vy, heading, aim, steer, buttons, hp, energy, shield };
    },
    get listed() {
      return page.overlays.listed?.size ?? null;
    },
    get device() {
      return page.device.kind;
    },
    get note() {
      const { own } = page.scene;
      const live = session.playing ? session.core?.live(performance.now()) : null;
      return own && live ? page.weapons.words(own, live.own) : '';
    },
    get held() {
      return [...page.controls.held()];
    },
    get others() {
      const others = [...page.scene.all()].filter((entity) => !entity.own);
      return others.map(({ key, kind, player, x, y }) => ({ key, kind, player, x, y }));
    },
    get private() {
      return page.private;
    },
    get watched() {
      return page.spectate.target;
    },
    get camera() {
      const { x, y, scale } = page.view.camera;
      return { x, y, scale };
    },
    get link() {
      return session.link;
    },
    get switches() {
      return session.switches;
    },
    get live() {
      return session.playing ? session.core?.live(performance.now()) ?? null : null;
    },
    get stats() {
      return page.pictures.stats;
    },
    get fps() {
      return page.graph.history.fps(performance.now());
    },
    get renderer() {
      return page.view.renderer;
    },
  };
  Object.defineProperty(window, 'drumbeat', { value: Object.freeze(shown) });
}

/** @param {import('./arena/page.js').Page} page */
function stateOf(page) {
  const { state } = page.session;
  if (page.title.open) return 'title';
  if (state.name === 'playing') {
    if (page.spectating) return 'spectating';
    return (page.private?.respawn_tick ?? 0) > 0 ? 'dead' : 'playing';
  }
  return { title: 'title', connecting: 'connecting', open: 'connecting', waiting: 'reconnecting', ended: 'refused' }[state.name];
}
