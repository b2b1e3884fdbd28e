// From the session's frames to canvas, sound and panels: for every picture, and about ten times a second.

import { BOOST, THRUST } from './input.js';
import { playOf } from './playing.js';
import { ownPlace } from './standings.js';

/** @typedef {import('./page.js').Page} Page */

const SLOW_MS = 100;
/** A picture later than this counts as this late for what moves by itself. */
const STEP_MS_MAX = 100;
const DRIFT_UNITS_PER_MS = 0.3;

export class Pictures {
  #page;
  #pads;
  /** Counters of the core, updated about ten times a second.
   * @type {import('../net/types.js').Stats | null} */
  stats = null;
  /** How many were drawn. */
  drawn = 0;
  /** The middle of the server's view: the last position of the own ship, or of the spectator
   * camera.
   * @type {{x: number, y: number} | null} */
  #eye = null;
  #drawnAt = 0;
  #slowAt = 0;

  /**
   * @param {Page} page
   * @param {(now: number) => void} pads takes what the gamepads do
   */
  constructor(page, pads) {
    this.#page = page;
    this.#pads = pads;
  }

  /** The world that was shown is void. */
  forget() {
    this.#eye = null;
  }

  /**
   * @param {number} now milliseconds
   * @param {boolean} visible whether to draw
   */
  next(now, visible) {
    const { controls, session } = this.#page;
    this.#pads(now);
    const { changedAt } = controls;
    session.pump(now, controls.encode(), changedAt ?? now);
    if (!visible) return;
    const since = now - this.#drawnAt;
    this.#drawnAt = now;
    this.drawn += 1;
    this.#draw(now, Math.min(STEP_MS_MAX, since));
    this.#page.overlays.frame(since);
    if (now - this.#slowAt < SLOW_MS) return;
    this.#slowAt = now;
    this.#slow(now);
    this.#page.overlays.slow(now);
  }

  /**
   * @param {number} now
   * @param {number} ms since the last picture
   */
  #draw(now, ms) {
    const { effects, graph, hud, lab, scene, session, settings, showCharge, sound, title, view, weapons } = this.#page;
    const { camera } = view;
    const live = session.playing ? session.core?.live(now) : undefined;
    graph.history.drew(now, live);
    if (session.playing) this.#observe(now, ms);
    else if (title.open && !settings.matches) camera.x += ms * DRIFT_UNITS_PER_MS;
    effects.advance(ms);
    camera.advance(ms);
    sound.listener = camera;
    const { x, y } = this.#eye ?? camera;
    view.draw(scene, effects, playOf(this.#page, live), now, lab.overlay({ x, y }, now));
    const { own } = scene;
    const charge = live && own && session.core ? weapons.charge(session.core.private, own, live.own) : 0;
    showCharge(charge);
    hud.frame(own, charge, effects.flash);
    lab.frame(now);
  }

  /**
   * @param {number} now
   * @param {number} ms since the last picture
   */
  #observe(now, ms) {
    const { account, controls, effects, events, panels, player, preview, scene, session, sound, spectate, spectating, view } = this.#page;
    const { core } = session;
    if (!core) return;
    const { camera } = view;
    scene.update(core.draw(now), core.stride, now);
    const { ships, own } = scene;
    const sight = { ships, leaders: events.leaders, bounds: camera.bounds(), world: camera.world };
    const keys = preview.on ? { x: 0, y: 0 } : controls.direction();
    const eye = spectating ? spectate.advance(sight, keys, now, ms) : own;
    account.watch(own?.hull ?? null);
    if (eye) this.#eye = { x: eye.x, y: eye.y };
    camera.follow(eye);
    panels.fade(ships, camera);
    effects.watch(scene, player, now, view.backdrop.rocks);
    const buttons = own?.buttons ?? 0;
    sound.engine(buttons & BOOST ? 2 : buttons & THRUST ? 1 : 0);
  }

  /** @param {number} now */
  #slow(now) {
    const { account, death, events, graph, hud, lab, minimap, panels, player, scene, session, settings, spectating, status, view } = this.#page;
    status.tick(now);
    panels.measure();
    const { core, welcome, playing } = session;
    if (!playing || !core || !welcome) return;
    this.stats = core.stats();
    graph.rates.sample(this.stats, now);
    lab.update(now);
    minimap.draw(scene, view.camera, events.leader !== null && events.leader !== player, settings.matches ? 0 : now);
    const own = session.schema.private.read(core.private);
    const { standings } = this.#page;
    hud.update(own, standings);
    if (spectating) return;
    account.speak({ place: ownPlace(standings), players: own.players }, now);
    death.update(own, core.tick, welcome.tick_hz, (player) => core.name(player));
  }
}
