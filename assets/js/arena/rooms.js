// The rooms of this server as the title shows them: who plays, and where one may join.

import { byId, element, setText } from './dom.js';
import { texts } from './texts/index.js';

/** @typedef {{name: string, players: number, capacity: number, spectators: number, spectators_max: number}} Room */

const ASK_MS = 5_000;
/** Time limit of an answer. */
const WAIT_MS_MAX = 4_000;

/**
 * Whether the title may watch a room: one that is there, and has half of its spectators' seats left for
 * those who came to watch. Without a room it watches where the server would let it play.
 * @param {readonly Room[] | null} rooms of the server, if it says so
 * @param {string} wanted empty for the one that the server chooses
 */
export function mayLook(rooms, wanted) {
  const spared = rooms?.filter((room) => wanted === '' || room.name === wanted) ?? [];
  if (spared.length === 0) return wanted === '';
  return spared.some((room) => room.spectators < room.spectators_max / 2);
}

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
  /** What the server has last said. @type {Room[] | null} */
  #rooms = null;
  /** Whether the room that is chosen was shown behind the title, or could have been. */
  #looks = false;
  /** Which asking is the present one. */
  #round = 0;

  /**
   * @param {string} invited the room of the address, if any
   * @param {(room: string) => void} choose called with the room to show behind the title
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
    this.#looks = false;
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
    this.#rooms = rooms;
    if (!this.#looks) this.#look();
    this.#timer = setTimeout(() => this.#ask(round), ASK_MS);
  }

  /** @param {Room[]} rooms */
  #show(rooms) {
    const players = rooms.reduce((sum, room) => sum + room.players, 0);
    setText(this.#online, texts.title.online(players));
    this.#online.classList.toggle('live-now', players > 0);
    const shown = offered(rooms, this.#invited);
    this.#list.hidden = shown.length === 0;
    const marked = this.#chosen || this.shown || shown.find(({ full }) => !full)?.name;
    // Rows keep their places under the keyboard's focus.
    if (this.#list.contains(document.activeElement)) {
      const places = [...this.#list.querySelectorAll('input')].map(({ value }) => value);
      shown.sort((a, b) => (places.indexOf(a.name) + 1 || Infinity) - (places.indexOf(b.name) + 1 || Infinity));
    }
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
    this.#look();
  }

  #look() {
    this.#looks = true;
    if (mayLook(this.#rooms, this.#chosen)) this.#choose(this.#chosen);
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
