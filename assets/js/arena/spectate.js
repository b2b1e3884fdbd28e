// The spectator camera: follows the leader or a player, or flies freely.

import { byId, setText } from './dom.js';
import { texts } from './texts/index.js';

const SEND_MS = 100;
const FLY_UNITS_PER_S = 900;
const DRAG_PX = 6;
const PICK_PX = 48;
/** A watched player unseen for this long has left, unless it is dead. */
const GONE_MS = 2_000;

/** @typedef {{x: number, y: number}} Place world units */
/** @typedef {{x: number, y: number, player: number, name: string | null}} Ship */
/** @typedef {{how: 'leader'} | {how: 'player', player: number} | {how: 'place', place: Place}} Target */
/**
 * What the spectator camera depends on.
 * @typedef {object} Sight
 * @property {Ship[]} ships in view
 * @property {{player: number, name: string}[]} leaders best first
 * @property {{left: number, right: number, top: number, bottom: number}} bounds of the screen in the world
 * @property {{width: number, height: number}} world its size
 */

/** Detects that a watched player has left, which the server does not report. */
export class Absence {
  #missing = 0;
  #dead = 0;

  /** Starts over for another target. */
  reset() {
    this.#missing = this.#dead = 0;
  }

  /**
   * Notes that the watched player was killed.
   * @param {number} ms until it respawns
   */
  killed(ms) {
    this.#dead = ms;
  }

  /**
   * Advances the time; returns whether the watched player is gone.
   * @param {boolean} known whether there is any sign of the player
   * @param {number} ms since the last call
   */
  gone(known, ms) {
    this.#missing = known || this.#dead > 0 ? 0 : this.#missing + ms;
    this.#dead = Math.max(0, this.#dead - ms);
    return this.#missing > GONE_MS;
  }
}

export class Spectate {
  #root = byId('watching');
  #surface;
  #bindings;
  #watch;
  /** @type {Target} */
  #target = { how: 'leader' };
  /** The last position of the camera. @type {Place | null} */
  #eye = null;
  #sentAt = 0;
  #absence = new Absence();
  /** The pressed finger or button, with its first and its last position.
   * @type {{id: number, from: Place, last: Place, dragged: boolean} | null} */
  #press = null;
  /** @type {Sight | null} */
  #sight = null;

  /**
   * @param {HTMLElement} surface
   * @param {import('./bindings.js').Bindings} bindings
   * @param {{watch(target: 'leader' | number | Place): void, play(): void}} actions
   */
  constructor(surface, bindings, actions) {
    this.#surface = surface;
    this.#bindings = bindings;
    this.#watch = actions.watch;
    byId('watch-previous').addEventListener('click', () => this.cycle(-1));
    byId('watch-next').addEventListener('click', () => this.cycle(1));
    byId('watch-leader').addEventListener('click', () => this.#aim({ how: 'leader' }));
    byId('watch-play').addEventListener('click', actions.play);
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    surface.addEventListener('pointerup', (event) => this.#up(event));
    for (const name of ['pointercancel', 'lostpointercapture']) surface.addEventListener(name, () => (this.#press = null));
  }

  get on() {
    return !this.#root.hidden;
  }

  /** Turns spectating on or off; it starts with the leader. */
  set on(on) {
    this.#root.hidden = !on;
    this.#target = { how: 'leader' };
    this.#eye = null;
    this.#press = null;
    this.#sight = null;
  }

  /** What the camera follows, for tests and the page. */
  get target() {
    return this.#target;
  }

  /**
   * Moves the camera; returns its position.
   * @param {Sight} sight
   * @param {{x: number, y: number}} direction of the held keys
   * @param {number} now milliseconds
   * @param {number} ms since the last call
   */
  advance(sight, direction, now, ms) {
    this.#sight = sight;
    const length = Math.hypot(direction.x, direction.y);
    if (length > 0) {
      const reach = (FLY_UNITS_PER_S * ms) / 1000 / Math.max(1, length);
      this.#fly(direction.x * reach, direction.y * reach);
    }
    const player = this.#player();
    const ship = player === null ? undefined : sight.ships.find((known) => known.player === player);
    if (this.#target.how === 'place') this.#eye = this.#target.place;
    else if (ship) this.#eye = { x: ship.x, y: ship.y };
    // The server's view while there is nobody to follow.
    else this.#eye ??= middle(sight.ships) ?? { x: sight.world.width / 2, y: sight.world.height / 2 };
    if (this.#target.how === 'player') {
      const known = ship !== undefined || sight.leaders.some((leader) => leader.player === player);
      if (this.#absence.gone(known, ms)) this.#aim({ how: 'leader' });
    }
    if (this.#target.how === 'place' && now - this.#sentAt > SEND_MS) {
      this.#sentAt = now;
      this.#watch(this.#target.place);
    }
    this.#show(this.#player());
    return this.#eye;
  }

  /**
   * Notes that a player was killed and respawns after `ms`.
   * @param {number} player
   * @param {number} ms
   */
  killed(player, ms) {
    if (player === this.#player()) this.#absence.killed(ms);
  }

  /**
   * Follows the next player among the leaders and those in view.
   * @param {number} step 1 or -1
   */
  cycle(step) {
    if (!this.#sight) return;
    const { leaders, ships } = this.#sight;
    const players = [...new Set([...leaders, ...ships].map(({ player }) => player))];
    if (players.length === 0) return;
    const at = players.indexOf(this.#player() ?? -1);
    this.#aim({ how: 'player', player: players[(at + step + players.length) % players.length] });
  }

  /** @param {Target} target */
  #aim(target) {
    this.#target = target;
    this.#absence.reset();
    if (target.how === 'player') this.#watch(target.player);
    if (target.how === 'leader') this.#watch('leader');
  }

  #player() {
    if (this.#target.how === 'player') return this.#target.player;
    return this.#target.how === 'leader' ? this.#sight?.leaders[0]?.player ?? null : null;
  }

  /**
   * Flies freely from the camera's position.
   * @param {number} dx world units
   * @param {number} dy world units
   */
  #fly(dx, dy) {
    if (!this.#eye || !this.#sight) return;
    const { width, height } = this.#sight.world;
    const place = { x: clamp(this.#eye.x + dx, width), y: clamp(this.#eye.y + dy, height) };
    this.#target = { how: 'place', place };
    this.#eye = place;
  }

  /** @param {number | null} player */
  #show(player) {
    const named = this.#sight && [...this.#sight.leaders, ...this.#sight.ships].find((known) => known.player === player);
    setText(byId('watched-how'), texts.watch[this.#target.how]);
    setText(byId('watched'), player === null ? '' : named?.name ?? '…');
    byId('watch-leader').setAttribute('aria-pressed', String(this.#target.how === 'leader'));
    const touch = matchMedia('(pointer: coarse)').matches;
    const [previous, next] = [this.#bindings.names('previous')[0], this.#bindings.names('next')[0]];
    const withMouse = previous && next ? texts.watch.hintKeys(previous, next) : texts.watch.hint;
    setText(byId('watched-hint'), touch ? texts.watch.hintTouch : withMouse);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.on || this.#press) return;
    const from = { x: event.clientX, y: event.clientY };
    this.#press = { id: event.pointerId, from, last: from, dragged: false };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const press = this.#press;
    if (!press || press.id !== event.pointerId || !this.#sight) return;
    const at = { x: event.clientX, y: event.clientY };
    press.dragged ||= Math.hypot(at.x - press.from.x, at.y - press.from.y) > DRAG_PX;
    if (!press.dragged) return;
    const unitsPerPx = this.#unitsPerPx(this.#sight);
    this.#fly((press.last.x - at.x) * unitsPerPx, (press.last.y - at.y) * unitsPerPx);
    press.last = at;
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const press = this.#press;
    if (!press || press.id !== event.pointerId || !this.#sight) return;
    this.#press = null;
    if (press.dragged) return;
    const { ships, bounds } = this.#sight;
    const unitsPerPx = this.#unitsPerPx(this.#sight);
    const [x, y] = [bounds.left + event.clientX * unitsPerPx, bounds.top + event.clientY * unitsPerPx];
    const near = ships
      .map((ship) => ({ ship, away: Math.hypot(ship.x - x, ship.y - y) }))
      .filter(({ away }) => away < PICK_PX * unitsPerPx)
      .sort((a, b) => a.away - b.away)[0];
    if (near) this.#aim({ how: 'player', player: near.ship.player });
  }

  /** @param {Sight} sight */
  #unitsPerPx({ bounds }) {
    return (bounds.right - bounds.left) / this.#surface.clientWidth;
  }
}

/** @param {Place[]} places @returns {Place | null} */
function middle(places) {
  if (places.length === 0) return null;
  const sum = places.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / places.length, y: sum.y / places.length };
}

/** @param {number} at @param {number} size */
function clamp(at, size) {
  return Math.min(Math.max(at, 0), size);
}
