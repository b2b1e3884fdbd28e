// What happens, made visible: turns events and changes of the scene into particles.

import { radians } from './angles.js';
import { BOOST, GRID, HP_MAX, RADIUS, SHIP, SHOT, THRUST } from './fields.js';
import { PALETTE } from './palette.js';
import { Particles } from './particles.js';

const TAKEN = [
  { text: 'repair', colour: PALETTE.repair },
  { text: 'energy', colour: PALETTE.energy },
  { text: 'overdrive', colour: PALETTE.overdrive },
];
const TRAIL_MS = 28;
const SMOKE_MS = 90;
const HURT = 0.35;

export class Effects {
  particles = new Particles();
  /** From 0 to 1: how red the edge of the screen is. */
  flash = 0;
  #calm;

  /** @param {{matches: boolean}} calm whether motion is to be kept down */
  constructor(calm) {
    this.#calm = calm;
  }

  advance(ms) {
    this.particles.advance(ms);
    this.flash = Math.max(0, this.flash - ms / 450);
  }

  /** Trails, smoke, and what came and went. */
  watch(scene, player, now) {
    for (const ship of scene.ships) this.#trail(ship, now);
    for (const entity of scene.entered) {
      if (entity.kind === SHOT) this.#muzzle(entity, player);
    }
    for (const entity of scene.left) {
      if (entity.kind === SHOT) this.#burst(entity.x, entity.y, 3, shotColour(entity, player), 90);
    }
  }

  /** Somebody was hit. */
  hit({ x, y, damage, by, to }, player, camera) {
    const place = { x: x / GRID, y: y / GRID };
    const own = to === player;
    this.#burst(place.x, place.y, own ? 12 : 8, own ? PALETTE.danger : PALETTE.text, 220);
    if (by === player && !own && damage > 0) {
      const vx = (Math.random() - 0.5) * 30;
      this.particles.add({ shape: 'word', ...place, y: place.y - 16, vx, vy: -60, life: 700, size: 15, colour: PALETTE.text, text: String(damage) });
    }
    if (!own || damage === 0) return;
    this.flash = Math.min(this.#calm.matches ? 0.45 : 1, this.flash + 0.25 + damage / 60);
    if (!this.#calm.matches) camera.shake(0.3 + damage / 40);
  }

  /** A ship blew up. */
  kill({ x, y, victim, killer }, player, camera) {
    const place = { x: x / GRID, y: y / GRID };
    const colour = victim === player ? PALETTE.own : PALETTE.other;
    this.#burst(place.x, place.y, 34, colour, 420);
    this.#burst(place.x, place.y, 16, PALETTE.text, 260);
    this.particles.add({ shape: 'ring', ...place, life: 620, size: 6, grow: 90, colour });
    this.particles.add({ shape: 'ring', ...place, life: 420, size: 4, grow: 46, colour: PALETTE.text });
    this.particles.add({ shape: 'glow', ...place, life: 380, size: 46, grow: 40, colour });
    this.particles.add({ shape: 'glow', ...place, life: 200, size: 28, grow: 16, colour: PALETTE.text });
    if (victim === player) this.flash = this.#calm.matches ? 0.5 : 1;
    if (!this.#calm.matches && (victim === player || killer === player)) camera.shake(victim === player ? 1 : 0.5);
  }

  /** The player took a pickup. */
  taken({ sort, x, y }) {
    const { text, colour } = TAKEN[sort] ?? TAKEN[0];
    const place = { x: x / GRID, y: y / GRID };
    this.particles.add({ shape: 'ring', ...place, life: 480, size: RADIUS, grow: 40, colour });
    this.particles.add({ shape: 'word', ...place, y: place.y - 22, vy: -46, drag: 1.5, life: 1100, size: 15, colour, text: `+ ${text}` });
  }

  #trail(ship, now) {
    const pause = this.#calm.matches ? TRAIL_MS * 3 : TRAIL_MS;
    const last = ship.trail ?? { x: ship.x, y: ship.y, at: now };
    // As many as the time since the last is worth, along the way: even however slow the screen is.
    const count = Math.min(4, Math.floor((now - last.at) / pause));
    if (count > 0 || !ship.trail) ship.trail = { x: ship.x, y: ship.y, at: now };
    if (ship.buttons & (THRUST | BOOST)) {
      for (let i = 1; i <= count; i += 1) {
        const share = i / count;
        this.#ember(ship, last.x + (ship.x - last.x) * share, last.y + (ship.y - last.y) * share);
      }
    }
    if (ship.hp < HP_MAX * HURT && now - (ship.smokeAt ?? 0) > SMOKE_MS) {
      ship.smokeAt = now;
      const [vx, vy] = [(Math.random() - 0.5) * 30, (Math.random() - 0.5) * 30];
      this.particles.add({ x: ship.x, y: ship.y, vx, vy, life: 800, size: 3, grow: 7, drag: 1, colour: PALETTE.calm, alpha: 0.22 });
    }
  }

  #ember(ship, x, y) {
    const heading = radians(ship.heading);
    const [dx, dy] = [Math.cos(heading), Math.sin(heading)];
    const boosting = ship.buttons & BOOST;
    const spread = (Math.random() - 0.5) * 40;
    const speed = boosting ? -170 : -110;
    this.particles.add({
      x: x - dx * 13, y: y - dy * 13,
      vx: dx * speed - dy * spread, vy: dy * speed + dx * spread,
      life: boosting ? 620 : 420, size: boosting ? 4.2 : 3, grow: -2.4, drag: 1.2,
      colour: ship.own ? PALETTE.own : PALETTE.other, alpha: 0.5,
    });
  }

  #muzzle(shot, player) {
    this.particles.add({ shape: 'glow', x: shot.x, y: shot.y, life: 100, size: 14, grow: 4, colour: shotColour(shot, player), alpha: 0.7 });
  }

  #burst(x, y, count, colour, speed) {
    const shown = this.#calm.matches ? Math.ceil(count / 3) : count;
    for (let i = 0; i < shown; i += 1) {
      const angle = Math.random() * 2 * Math.PI;
      const rate = speed * (0.25 + Math.random() * 0.75);
      this.particles.add({
        shape: 'streak', x, y, vx: Math.cos(angle) * rate, vy: Math.sin(angle) * rate,
        life: 220 + Math.random() * 380, size: 1 + Math.random() * 1.6, drag: 3, colour,
      });
    }
  }
}

/** Own shots are cyan; those that can hurt are magenta. */
export function shotColour(shot, player) {
  return shot.player === player ? PALETTE.own : PALETTE.danger;
}

/** Whether a ship is close to its end. */
export function isHurt(ship) {
  return ship.kind === SHIP && ship.hp < HP_MAX * HURT;
}
