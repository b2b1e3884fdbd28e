// The view: composes the scene layer by layer and has it painted.

import { radians } from './angles.js';
import { Backdrop } from './backdrop.js';
import { Camera } from './camera.js';
import { HALF_HEIGHT, HALF_WIDTH } from './draw/labels.js';
import { Painter } from './draw/painter.js';
import { DISC, LABEL, RING, Sprites } from './draw/sprites.js';
import { addLab } from './lab.js';
import { PALETTE, TINT, ink } from './palette.js';
import { addPickup } from './pickups.js';
import { STREAK_MIN, addName, addShip } from './ships.js';
import { addBeam, addShot } from './shots.js';
import { STICK_REACH } from './sticks.js';
import { Trails } from './trails.js';

const RATIO_MAX = 2;
/** Approximate limits of names on the screen, usually and in a crowd, which more would cover. */
const NAMES_MAX = 60;
const NAMES_CROWDED = 20;
const CROWD = 200;
const REACH_MAX = 2_000;
/** Margin drawn around the screen, world units, for entities that extend beyond their middle. */
const MARGIN = 60;

/**
 * What the picture needs to know about the player: the own player (null for a spectator), the
 * leader, the present aim (steps), the sticks in use, the names, whether blinking is off, the first
 * number of the house bots, how many ticks overdrive lasts, the marks around the own ship, and the words
 * about its protection.
 * @typedef {{
 *   player: number | null,
 *   leader: number | null,
 *   aim: number,
 *   sticks?: import('./sticks.js').ShownStick[],
 *   name?: (player: number) => string | null,
 *   calm?: boolean,
 *   house?: number,
 *   overdriveTicks?: number,
 *   marks?: import('./marks.js').Marks,
 *   protection?: string,
 * }} Play
 */

export class View {
  #surface;
  #painter;
  #sprites = new Sprites();
  #trails = new Trails();
  #ratio = 1;
  #coarse = matchMedia('(pointer: coarse)');
  /** Ships farther than this from the own ship, or from the middle, have no name and fewer details,
   * world units. */
  #namesReach = REACH_MAX;
  backdrop = new Backdrop();

  /**
   * @param {HTMLElement} surface receives pointer events; the canvas lies right below it
   * @param {import('../net/schema.js').Schema} schema
   * @param {string | null} [wanted] '2d' draws without WebGL, 'gl' with it even in software
   */
  constructor(surface, schema, wanted = null) {
    this.#surface = surface;
    this.camera = new Camera(schema.view);
    this.#painter = new Painter(surface, wanted);
    new ResizeObserver(() => this.#fit()).observe(surface);
    this.#fit();
  }

  /** The name of the painter: 'webgl2' or '2d', null while there is none. */
  get renderer() {
    return this.#painter.name;
  }

  /** The number of sprites in the last picture. */
  get sprites() {
    return this.#sprites.count;
  }

  /** Forgets the ships drawn so far. */
  clear() {
    this.#trails.clear();
  }

  /**
   * @param {import('./scene.js').Scene} scene
   * @param {import('./effects.js').Effects} effects
   * @param {Play} play
   * @param {number} now milliseconds
   * @param {import('./lab.js').Lab | null} [lab] the overlay of the lag lab
   */
  draw(scene, effects, play, now, lab = null) {
    // Another screen may be sharper although the size in CSS pixels stays.
    if (this.#ratio !== ratio()) this.#fit();
    const { camera } = this;
    const eye = camera.eye(this.#ratio, now);
    const bounds = camera.bounds(MARGIN);
    const sprites = this.#sprites;
    sprites.clear();
    this.backdrop.add(sprites, eye, bounds);
    for (const pickup of scene.pickups) addPickup(sprites, this.#painter.labels, pickup, now);
    const showing = { now, calm: play.calm ?? false, house: play.house ?? Infinity, overdriveTicks: play.overdriveTicks ?? 1 };
    this.#addTrails(scene, now, bounds);
    effects.particles.draw(sprites, bounds, true);
    this.#addEntities(scene, play, showing, bounds);
    effects.particles.draw(sprites, bounds, false);
    if (scene.own) addShip(sprites, scene.own, radians(play.aim), true, showing);
    play.marks?.add(sprites, this.#painter.labels, scene, { scale: camera.scale, now, protection: play.protection ?? '' });
    this.#addNames(scene, play, bounds);
    effects.particles.drawWords(sprites, this.#painter.labels, camera.scale);
    if (lab) addLab(sprites, lab, scene, { bounds, scale: camera.scale });
    for (const stick of play.sticks ?? []) this.#addStick(stick);
    this.#painter.draw(sprites, eye, now);
  }

  #addTrails(scene, now, bounds) {
    const trails = this.#trails;
    for (const gone of scene.left) trails.release(gone);
    trails.sample(scene.ships, now);
    for (const ship of scene.ships) {
      if (outside(ship, bounds)) continue;
      const burning = ship.streak >= STREAK_MIN;
      const tint = ship.overdrive > 0 ? TINT.overdrive : ship.look?.tint ?? (ship.own ? TINT.own : TINT.calm);
      trails.add(this.#sprites, ship, ink(tint, 0.8), now, ship.own || burning ? 1.25 : 1);
    }
  }

  #addEntities(scene, play, showing, bounds) {
    const sprites = this.#sprites;
    for (const shot of scene.shots) {
      if (!outside(shot, bounds)) addShot(sprites, shot, play.player);
    }
    const { x, y } = scene.own ?? this.camera;
    const reach = this.#namesReach;
    for (const ship of scene.fading) addShip(sprites, ship, radians(ship.aim), false, showing);
    for (const ship of scene.ships) {
      if (ship.own || outside(ship, bounds)) continue;
      const near = Math.abs(ship.x - x) < reach && Math.abs(ship.y - y) < reach;
      addShip(sprites, ship, radians(ship.aim), near, showing);
    }
    for (const beam of scene.beams) addBeam(sprites, beam, play.player, scene.own, showing.now);
  }

  /** Names the nearest ships; the reach adapts until the number is right. */
  #addNames(scene, play, bounds) {
    const { x, y } = scene.own ?? this.camera;
    const { scale } = this.camera;
    const reach = this.#namesReach;
    let count = 0;
    for (const ship of scene.ships) {
      const leads = ship.player === play.leader;
      const far = Math.hypot(ship.x - x, ship.y - y);
      if ((far > reach && !leads) || outside(ship, bounds)) continue;
      ship.name ??= play.name?.(ship.player) ?? null;
      count += 1;
      const alpha = leads ? 0.95 : 0.85 * Math.min(1, (reach - far) / (reach * 0.15));
      addName(this.#sprites, this.#painter.labels, ship, leads, scale, alpha);
    }
    const wanted = scene.ships.length > CROWD ? NAMES_CROWDED : NAMES_MAX;
    // The number of ships within reach grows with the square of the reach.
    if (count > wanted) this.#namesReach = reach * Math.sqrt(wanted / count);
    else if (count < wanted * 0.8) this.#namesReach = Math.min(REACH_MAX, reach * 1.03);
  }

  #addStick({ origin, value, ghost, label }) {
    const { x, y, scale, width, height } = this.camera;
    const rim = Math.hypot(value.x, value.y) > 0.92;
    const at = { x: x + (origin.x - width / 2) / scale, y: y + (origin.y - height / 2) / scale };
    const reach = STICK_REACH / scale;
    this.#sprites.add(RING, at.x, at.y, 0, reach, reach, ink(rim ? TINT.own : TINT.text, rim ? 0.8 : 0.35), 2 / scale, 0, ink(TINT.text, 0.08));
    this.#sprites.add(DISC, at.x + value.x * reach, at.y + value.y * reach, 0, 24 / scale, 24 / scale, ink(TINT.text, ghost ? 0.15 : 0.45));
    if (label) this.#sprites.add(LABEL, at.x, at.y, 0, HALF_WIDTH / scale, HALF_HEIGHT / scale, ink(TINT.text, 0.9), this.#painter.labels.text(label, PALETTE.text, 13));
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#surface;
    this.#ratio = ratio();
    this.#painter.resize(Math.round(clientWidth * this.#ratio), Math.round(clientHeight * this.#ratio));
    this.camera.resize(Math.max(1, clientWidth), Math.max(1, clientHeight), this.#coarse.matches);
  }
}

function ratio() {
  return Math.min(RATIO_MAX, devicePixelRatio || 1);
}

function outside({ x, y }, { left, right, top, bottom }) {
  return x < left || x > right || y < top || y > bottom;
}
