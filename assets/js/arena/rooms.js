// The rooms of this server as the title shows them: who plays, and where one may join.

import { byId, element, setText } from './dom.js';
import { texts } from './texts/index.js';

/** @typedef {{name: string, players: number, capacity: number, spectators: number, spectators_max: number}} Room */

const ASK_MS = 5_000;
/** Time limit of an answer. */
const WAIT_MS_MAX = 4_000;

/**
 * The rooms that the title offers, the fullest first; an invitation stands before them even while nobody is there.
 * @param {readonly Room[]} rooms of the server
 * @param {string} invited the room of the address, if any
 * @returns {{name: string, players: number, full: boolean}[]} none if there is nothing to choose
 */
export function offered(rooms, invited) {
  const all = rooms.map(({ name, players, capacity }) => ({ name, players, full: players >= capacity }));
  const sorted = all.sort((a, b) => b.players - a.players || a.name.localeCompare(b.name));
  const first = invited && (sorted.find(({ name }) => name === invited) ?? { name: invited, players: 0, full: false });
  const others = sorted.filter(({ name }) => name !== invited);
  const shown = first ? [first, ...others] : others;
  return shown.length > 1 ? shown : [];
}

export class Rooms {
  #online = byId('online');
  #list = byId('rooms');
  #invited;
  #chosen;
  #choose;
  /** The room behind the title, which the server has chosen; empty if there is none. */
  shown = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Which asking is the present one. */
  #round = 0;

  /**
   * @param {string} invited the room of the address, if any
   * @param {(room: string) => void} choose called when another room is chosen
   */
  constructor(invited, choose) {
    this.#invited = this.#chosen = invited;
    this.#choose = choose;
    byId('invited').hidden = invited === '';
    setText(byId('invited-room'), invited);
    this.#list.addEventListener('change', ({ target }) => this.#take(/** @type {HTMLInputElement} */ (target).value));
  }

  /** The room to join; empty if the server may choose. */
  get chosen() {
    return this.#chosen;
  }

  /** Asks the server who plays, now and again while the title is there. */
  start() {
    this.stop();
    void this.#ask(this.#round);
  }

  stop() {
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  /** @param {number} round */
  async #ask(round) {
    const rooms = document.hidden ? null : await listed();
    if (round !== this.#round) return;
    if (rooms) this.#show(rooms);
    this.#timer = setTimeout(() => this.#ask(round), ASK_MS);
  }

  /** @param {Room[]} rooms */
  #show(rooms) {
    const players = rooms.reduce((sum, room) => sum + room.players, 0);
    setText(this.#online, texts.title.online(players));
    this.#online.classList.toggle('live-now', players > 0);
    const shown = offered(rooms, this.#invited);
    this.#list.hidden = shown.length === 0;
    const marked = this.#chosen || this.shown || shown[0]?.name;
    while (this.#list.children.length > shown.length) this.#list.lastElementChild?.remove();
    shown.forEach(({ name, players: count, full }, i) => {
      const row = this.#list.children[i] ?? this.#list.appendChild(choice());
      const [radio, label, small] = /** @type {[HTMLInputElement, Element, Element]} */ (/** @type {unknown} */ (row.children));
      Object.assign(radio, { value: name, disabled: full, checked: name === marked, ariaLabel: texts.title.room(name, count) });
      setText(label, name);
      setText(small, full ? texts.title.full : String(count));
    });
  }

  /** @param {string} room */
  #take(room) {
    this.#chosen = room;
    byId('invited').hidden = room !== this.#invited || room === '';
    this.#choose(room);
  }
}

function choice() {
  const radio = element('input', 'spoken');
  Object.assign(radio, { type: 'radio', name: 'room' });
  // Enter plays there.
  radio.setAttribute('form', 'join');
  return element('label', '', radio, element('span'), element('small'));
}

/**
 * The rooms of the server; null if it does not say.
 * @returns {Promise<Room[] | null>}
 */
async function listed() {
  try {
    // Relative to this folder, so that a proxy may serve everything under a path.
    const answer = await fetch(new URL('api/rooms', document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS_MAX) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
