// Effects of the game: turns events and changes of the scene into particles, flashes, shaking and
// sounds.

import { radians } from './angles.js';
import { BOX, DISC, GLOW, SHOCK, STREAK } from './draw/sprites.js';
import { PALETTE, TINT } from './palette.js';
import { Particles } from './particles.js';
import { PICKUPS } from './pickups.js';
import { Ship } from './scene.js';
import { RADIUS, isHurt } from './ships.js';
import { shotTint } from './shots.js';
import { texts } from './texts/index.js';

const SMOKE_MS = 80;
/** A shot that appears this close to its ship was just fired, world units. */
const MUZZLE_REACH = 70;
/** A shot that ends this close to a ship or a rock has hit it, world units. */
const IMPACT_REACH = 26;

export class Effects {
  particles = new Particles();
  /** How red the edge of the screen is, 0 to 1. */
  flash = 0;
  #calm;
  #sound;
  /** The colours of the ships that left the view with the last picture, by player. @type {Map<number, number>} */
  #last = new Map();
  #scene = /** @type {import('./scene.js').Scene | null} */ (null);

  /**
   * @param {{matches: boolean}} calm whether to reduce motion
   * @param {import('./sound.js').Sound} sound
   */
  constructor(calm, sound) {
    this.#calm = calm;
    this.#sound = sound;
  }

  advance(ms) {
    this.particles.advance(ms);
    this.flash = Math.max(0, this.flash - ms / 450);
  }

  /**
   * Adds smoke, and effects for entities that entered or left the view.
   * @param {import('./scene.js').Scene} scene
   * @param {number | null} player the own player
   * @param {number} now
   * @param {import('./rocks.js').Rocks} rocks
   */
  watch(scene, player, now, rocks) {
    this.#scene = scene;
    for (const ship of scene.ships) {
      if (isHurt(ship)) this.#smoke(ship, now);
    }
    for (const entity of scene.entered) {
      if (entity.kind === 'shot') this.#fired(entity, player);
      else if (entity.kind === 'beam') this.#lanced(entity, player);
      else if (entity.kind === 'ship' && entity.own) this.#respawn(entity);
    }
    this.#last.clear();
    for (const entity of scene.left) {
      if (entity.kind === 'shot') this.#ended(entity, player, rocks);
      else if (entity instanceof Ship && entity.look) this.#last.set(entity.player, entity.look.tint);
    }
  }

  /** Shows a hit. Events report only the player's own hits and hits on the player. */
  hit({ x, y, damage, by, to }, player, camera) {
    const own = to === player;
    const hurts = damage > 0;
    const struck = hurts && this.#ship(to);
    if (struck) struck.hitAt = performance.now();
    const tint = hurts ? (own ? TINT.danger : this.#tintOf(to)) : TINT.text;
    this.#burst(x, y, hurts ? 9 : 4, tint, 260);
    this.#burst(x, y, 4, TINT.text, 320);
    this.particles.add(GLOW, x, y, { life: 130, size: 26, tint: TINT.text, alpha: 0.7 });
    this.#sound.hit(x, y, own, hurts);
    if (by === player && !own && hurts) {
      const vx = (Math.random() - 0.5) * 30;
      this.particles.say({ text: String(damage), x, y: y - 18, vx, life: 750, size: damage >= 30 ? 17 : 14, colour: PALETTE.text });
    }
    if (!own || !hurts) return;
    if (!this.#calm.matches) {
      this.flash = Math.min(1, this.flash + 0.2 + damage / 70);
      camera.shake(0.25 + damage / 45);
    }
  }

  /** Shows the explosion of a ship. */
  kill({ x, y, victim, killer, streak }, player, camera) {
    this.#explode(x, y, this.#tintOf(victim));
    this.#sound.explosion(x, y, victim === player);
    if (killer === player && victim !== player) {
      this.#sound.kill();
      const text = streak >= 3 ? texts.effects.streak(streak) : texts.effects.kill;
      this.particles.say({ text, x, y: y - 34, life: 1_200, size: 16, colour: PALETTE.lead });
    }
    if (this.#calm.matches) return;
    if (victim === player) this.flash = 1;
    if (victim === player || killer === player) camera.shake(victim === player ? 1 : 0.45);
  }

  /** Shows that the player took a pickup. */
  taken({ sort, x, y }) {
    const { sign, colour, tint } = PICKUPS[sort] ?? PICKUPS[0];
    this.particles.add(SHOCK, x, y, { life: 480, size: RADIUS, grow: 46, tint });
    this.particles.add(GLOW, x, y, { life: 300, size: 50, tint, alpha: 0.6 });
    this.#burst(x, y, 8, tint, 160);
    this.particles.say({ text: texts.effects.taken[sort], x, y: y - 24, life: 1_100, size: 14, colour });
    this.#sound.pickup();
  }

  /** Shows that the own ship appeared or returned. */
  #respawn({ x, y }) {
    this.particles.add(SHOCK, x, y, { life: 600, size: 90, grow: -70, tint: TINT.own, alpha: 0.8 });
    this.particles.add(GLOW, x, y, { life: 500, size: 70, tint: TINT.own, alpha: 0.7 });
    this.#sound.respawn();
  }

  /** The colour of a player's ship, grey if it has not been seen. */
  #tintOf(player) {
    return this.#ship(player)?.look?.tint ?? this.#last.get(player) ?? TINT.calm;
  }

  #ship(player) {
    return this.#scene?.ships.find((ship) => ship.player === player);
  }

  #smoke(ship, now) {
    const pause = this.#calm.matches ? SMOKE_MS * 4 : SMOKE_MS;
    if (now - ship.smokeAt < pause) return;
    ship.smokeAt = now;
    const [vx, vy] = [(Math.random() - 0.5) * 34, (Math.random() - 0.5) * 34];
    this.particles.add(DISC, ship.x, ship.y, { vx, vy, life: 900, size: 4, grow: 12, drag: 1, tint: TINT.calm, alpha: 0.2 });
    if (Math.random() < 0.3) this.#burst(ship.x, ship.y, 1, ship.look?.tint ?? TINT.calm, 140);
  }

  /** A flash for a new shot, but not for one that only comes into view from afar. */
  #fired(shot, player) {
    const ship = this.#ship(shot.player);
    if (!ship || far(ship, shot) > MUZZLE_REACH) return;
    shot.overdrive = ship.overdrive > 0;
    const tint = shotTint(shot.player, player);
    this.particles.add(GLOW, shot.x, shot.y, { life: 90, size: 22, tint, alpha: 0.8 });
    this.#sound.shot(shot.x, shot.y, shot.player === player);
  }

  #lanced(beam, player) {
    const tint = shotTint(beam.player, player);
    const angle = radians(beam.aim);
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const count = this.#calm.matches ? 6 : Math.ceil(beam.length / 45);
    for (let i = 0; i < count; i += 1) {
      const at = ((i + Math.random()) / count) * beam.length;
      const drift = (Math.random() - 0.5) * 70;
      this.particles.add(GLOW, beam.x + dx * at, beam.y + dy * at, { vx: -dy * drift, vy: dx * drift, life: 350 + Math.random() * 350, size: 5, tint, alpha: 0.7 });
    }
    this.#burst(beam.x + dx * beam.length, beam.y + dy * beam.length, 10, tint, 300);
    this.#sound.rail(beam.x, beam.y, beam.player === player);
  }

  /**
   * Shows the impact of a shot that ended. Events report hits that concern the player, so this
   * shows only those among others. A shot that expired or was withdrawn just disappears.
   */
  #ended(shot, player, rocks) {
    const tint = shotTint(shot.player, player);
    if (rocks.touches(shot.x, shot.y, IMPACT_REACH)) {
      this.#burst(shot.x, shot.y, 5, TINT.rockEdge, 150);
      this.particles.add(GLOW, shot.x, shot.y, { life: 110, size: 18, tint, alpha: 0.6 });
      return;
    }
    if (shot.player === player) return;
    const struck = this.#scene?.ships.find((ship) => ship.player !== shot.player && far(ship, shot) < IMPACT_REACH + RADIUS);
    if (!struck || struck.own) return;
    this.#burst(shot.x, shot.y, 4, struck.shield > 0 ? TINT.text : (struck.look?.tint ?? TINT.calm), 200);
  }

  #explode(x, y, tint) {
    const { particles } = this;
    const calm = this.#calm.matches;
    particles.add(GLOW, x, y, { life: 420, size: 200, tint, alpha: calm ? 0.12 : 0.22 });
    particles.add(GLOW, x, y, { life: 480, size: 60, grow: 34, tint, alpha: 0.75 });
    if (!calm) particles.add(GLOW, x, y, { life: 170, size: 48, tint: TINT.text });
    particles.add(SHOCK, x, y, { life: 560, size: 12, grow: 100, tint, alpha: 0.8 });
    particles.add(SHOCK, x, y, { life: 340, size: 6, grow: 54, tint: TINT.text, alpha: 0.8 });
    this.#burst(x, y, 26, tint, 460);
    this.#burst(x, y, 14, TINT.text, 300);
    for (let i = 0; i < (calm ? 3 : 9); i += 1) {
      const [vx, vy] = scatter(150);
      particles.add(BOX, x, y, { vx, vy, life: 700 + Math.random() * 700, size: 2.5 + Math.random() * 4, drag: 1.1, tint });
    }
    for (let i = 0; i < (calm ? 2 : 7); i += 1) {
      const [vx, vy] = scatter(55);
      particles.add(DISC, x, y, { vx, vy, life: 1_000 + Math.random() * 500, size: 8, grow: 20, drag: 1.4, tint: TINT.calm, alpha: 0.16 });
    }
  }

  #burst(x, y, count, tint, speed) {
    const shown = this.#calm.matches ? Math.ceil(count / 3) : count;
    for (let i = 0; i < shown; i += 1) {
      const [vx, vy] = scatter(speed);
      this.particles.add(STREAK, x, y, { vx, vy, life: 200 + Math.random() * 380, size: 1.6 + Math.random() * 1.6, drag: 3, tint });
    }
  }
}

function scatter(speed) {
  const angle = Math.random() * 2 * Math.PI;
  const rate = speed * (0.25 + Math.random() * 0.75);
  return [Math.cos(angle) * rate, Math.sin(angle) * rate];
}

function far(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
