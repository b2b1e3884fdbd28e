// Passes the server's notices to the panels and the effects.

import { streakText } from './format.js';
import { texts } from './texts/index.js';

/** @typedef {import('./hud.js').Kill} Kill */

/**
 * The parts that receive events.
 * @typedef {object} Parts
 * @property {import('./hud.js').Hud} hud
 * @property {import('./death.js').Death} death
 * @property {import('./announce.js').Announce} announce
 * @property {import('./chat.js').Chat} chat
 * @property {import('./effects.js').Effects} effects
 * @property {import('./camera.js').Camera} camera
 * @property {number} grid grid units in a world unit
 */

export class Events {
  #parts;
  /** The leaders of the room, best first.
   * @type {import('./hud.js').Leader[]} */
  leaders = [];
  /** The players whose connection is lost and whose place is kept.
   * @type {Set<number>} */
  away = new Set();
  /** Who last hit each player, and with what, by player.
   * @type {Map<number, {by: number, means: 'gun' | 'rail'}>} */
  #hits = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Forgets the last connection. */
  reset() {
    this.leaders = [];
    this.#hits.clear();
    this.away = new Set();
  }

  /**
   * @param {import('../net/types.js').Notice} notice
   * @param {number | null} player the own player
   */
  take({ event, chat, withdrawn, whisper, refused, missed }, player) {
    const { hud, effects, camera } = this.#parts;
    if (chat) this.#parts.chat.line(chat, chat.player === player);
    if (withdrawn) this.#parts.chat.withdraw(withdrawn.line);
    if (whisper) this.#parts.chat.whisper(whisper, player);
    if (refused) this.#parts.chat.note(refused.reason);
    if (missed) this.#parts.chat.note(texts.chat.missed(missed.events));
    // A hidden page does not advance effects: all would play at once when it is shown.
    const seen = !document.hidden;
    if (event?.Hit) {
      const { by, to, rail } = event.Hit;
      this.#hits.set(to, { by, means: rail ? 'rail' : 'gun' });
      if (seen) effects.hit(this.#inUnits(event.Hit), player, camera);
    }
    if (event?.Taken && seen) effects.taken(this.#inUnits(event.Taken));
    if (event?.Leaders) {
      this.leaders = event.Leaders;
      hud.lead(event.Leaders);
    }
    if (event?.Away) this.away = new Set(event.Away);
    if (event?.Kill) this.#kill(event.Kill, player, seen);
  }

  /**
   * An event with its place in world units.
   * @template {{x: number, y: number}} Event
   * @param {Event} event
   * @returns {Event}
   */
  #inUnits(event) {
    const { grid } = this.#parts;
    return { ...event, x: event.x / grid, y: event.y / grid };
  }

  /**
   * @param {Kill} kill
   * @param {number | null} player
   * @param {boolean} seen
   */
  #kill(kill, player, seen) {
    const { hud, death, announce, effects, camera } = this.#parts;
    const hit = this.#hits.get(kill.victim);
    // If the last hit was another player's, the weapon is unknown.
    const means = hit && hit.by === kill.killer ? hit.means : '';
    this.#hits.delete(kill.victim);
    hud.kill(kill, player, means);
    if (kill.victim === player) death.killed(kill, means);
    if (!seen) return;
    const own = kill.killer !== null && kill.killer === player;
    announce.say(streakText(kill.streak, own ? '' : kill.killer_name), own);
    effects.kill(this.#inUnits(kill), player, camera);
  }
}
