// Passes the server's notices to the panels and the effects.

import { streakText } from './format.js';
import { inWords } from './said.js';
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
 * @property {import('./marks.js').Marks} marks
 * @property {import('./minimap.js').Minimap} minimap
 * @property {import('./account.js').Account} account
 * @property {import('./camera.js').Camera} camera
 * @property {number} grid grid units in a world unit
 */

export class Events {
  #parts;
  /** The leaders of the room, best first.
   * @type {import('./standings.js').Leader[]} */
  leaders = [];
  /** The players whose connection is lost and whose place is kept.
   * @type {Set<number>} */
  away = new Set();
  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The player who leads, as the crown shows it: without points nobody does. */
  get leader() {
    const [first] = this.leaders;
    return first?.score > 0 ? first.player : null;
  }

  /** Forgets the last connection. */
  reset() {
    this.leaders = [];
    this.away = new Set();
  }

  /**
   * @param {import('../net/types.js').Notice} notice
   * @param {number | null} player the own player
   */
  take({ event, chat, withdrawn, whisper, refused, missed }, player) {
    const { account, effects, camera, marks, minimap } = this.#parts;
    if (chat) this.#parts.chat.line(chat, chat.player === player);
    if (withdrawn) this.#parts.chat.withdraw(withdrawn.line);
    if (whisper) this.#parts.chat.whisper(whisper, player);
    if (refused) this.#parts.chat.answer(inWords(refused.reason));
    if (missed) this.#parts.chat.note(texts.chat.missed(missed.events));
    // A hidden page does not advance effects: all would play at once when it is shown.
    const seen = !document.hidden;
    if (event?.Hit) {
      const { to, aim, damage } = event.Hit;
      if (seen) effects.hit(this.#inUnits(event.Hit), player, camera);
      if (to === player && damage > 0) {
        marks.hit(aim, damage, performance.now());
        account.hit(aim, damage);
      }
    }
    if (event?.Taken && seen) effects.taken(this.#inUnits(event.Taken));
    if (event?.Leaders) this.leaders = event.Leaders;
    if (event?.Overview) minimap.overview = event.Overview;
    if (event?.Away) this.away = new Set(event.Away);
    if (event?.Kill) this.#kill(event.Kill, player, seen);
  }

  /** Marks who destroyed the own ship. @param {Kill} kill */
  #doomed({ killer, victim, x, y, from_x: fromX, from_y: fromY, hull, rail }) {
    const { grid, marks } = this.#parts;
    if (killer === null || killer === victim) return;
    marks.killed({ killer, x: x / grid, y: y / grid, fromX: fromX / grid, fromY: fromY / grid, hull: hull / 100, rail });
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
    hud.kill(kill, player);
    if (kill.victim === player) {
      death.killed(kill);
      this.#doomed(kill);
    }
    if (!seen) return;
    const own = kill.killer !== null && kill.killer === player;
    announce.say(streakText(kill.streak, own ? '' : kill.killer_name), own);
    effects.kill(this.#inUnits(kill), player, camera);
  }
}
