// Who is here: the list beside the lines, and whom a name means.

import { byId, element, hue, nameKey } from './words.js';

/** In a room with more people, nobody is told who comes and goes. */
const SMALL_ROOM = 20;
/** Who comes back this soon was not away. */
const BACK_MS = 5_000;

/** @typedef {{player: number, name: string, moderator: boolean}} Member */

export class People {
  #list = byId('members', HTMLUListElement);
  #more = byId('more', HTMLParagraphElement);
  #topic = byId('topic', HTMLParagraphElement);
  #count = byId('count', HTMLElement);
  /** By record.
   * @type {Map<number, Member>} */
  #members = new Map();
  /** Those who have just left, by key.
   * @type {Map<string, ReturnType<typeof setTimeout>>} */
  #leaving = new Map();
  #people = 0;
  #isMuted;
  #note;
  /** Whether changes are news. */
  #settled = false;
  #drawn = true;
  /** @type {number | null} */
  me = null;

  /**
   * @param {object} page
   * @param {(name: string) => boolean} page.isMuted
   * @param {(text: string) => void} page.note
   * @param {(opener: HTMLElement, member: Member) => void} page.open shows what can be done about somebody
   */
  constructor({ isMuted, note, open }) {
    this.#isMuted = isMuted;
    this.#note = note;
    this.#list.addEventListener('click', ({ target }) => {
      const opener = target instanceof Element ? target.closest('.who') : null;
      const member = opener instanceof HTMLElement && this.#members.get(Number(opener.dataset.record));
      if (member) open(opener, member);
    });
    const button = byId('open-people', HTMLButtonElement);
    button.addEventListener('click', () => {
      const open = byId('people', HTMLElement).classList.toggle('open');
      button.setAttribute('aria-expanded', String(open));
    });
  }

  /** A connection begins: what the document says until it is whole is no news. */
  restart() {
    this.#settled = false;
  }

  settle() {
    this.#settled = true;
  }

  /**
   * Takes a record of the document.
   * @param {number} id
   * @param {any} record
   */
  take(id, record) {
    const before = this.#members.get(id);
    this.#drawn = false;
    if (record?.Room) {
      this.#people = record.Room.people;
      this.#topic.textContent = record.Room.topic;
      this.#topic.title = record.Room.topic;
    } else if (record?.Member) {
      this.#members.set(id, record.Member);
      if (!before) this.#came(record.Member);
    } else if (before) {
      this.#members.delete(id);
      this.#left(before);
    }
  }

  /** Draws what has changed. */
  draw() {
    if (this.#drawn) return;
    this.#drawn = true;
    const members = [...this.#members].sort(([, a], [, b]) => Number(b.moderator) - Number(a.moderator) || a.name.localeCompare(b.name));
    this.#list.replaceChildren(...members.map(([id, member]) => this.#row(id, member)));
    this.#count.textContent = String(this.#people);
    const more = this.#people - members.length;
    this.#more.textContent = more > 0 ? `and ${more} more` : '';
  }

  redraw() {
    this.#drawn = false;
    this.draw();
  }

  /** Whether more people are here than the document lists. */
  get isPartial() {
    return this.#people > this.#members.size;
  }

  /** The own name in this room. */
  get myName() {
    return [...this.#members.values()].find(({ player }) => player === this.me)?.name ?? '';
  }

  /**
   * Whom the beginning of a text names: the longest name counts.
   * @param {string} text `NAME and what follows`
   * @param {Iterable<{name?: string, player?: number | null}>} others who are known besides
   * @returns {{player: number, name: string, rest: string} | null}
   */
  find(text, others) {
    /** @type {{player: number, name: string, rest: string} | null} */
    let found = null;
    const wanted = nameKey(text);
    for (const { name, player } of [...this.#members.values(), ...others]) {
      if (name === undefined || player === null || player === undefined) continue;
      const begins = wanted === nameKey(name) || wanted.startsWith(`${nameKey(name)} `);
      if (begins && name.length > (found?.name.length ?? 0)) found = { player, name, rest: text.slice(name.length).trim() };
    }
    return found;
  }

  /** @param {number} id @param {Member} member */
  #row(id, { player, name, moderator }) {
    const who = element('button', 'who', name);
    Object.assign(who, { type: 'button', ariaHasPopup: 'menu' });
    who.dir = 'auto';
    who.dataset.record = String(id);
    who.style.setProperty('--hue', String(hue(name)));
    const roles = [player === this.me && 'you', moderator && 'moderator', this.#isMuted(nameKey(name)) && 'muted'].filter(Boolean);
    if (roles.length > 0) who.append(' ', element('small', '', roles.join(', ')));
    return element('li', player === this.me ? 'own' : '', who);
  }

  /** @param {Member} member */
  #came({ name, player }) {
    const leaving = this.#leaving.get(nameKey(name));
    clearTimeout(leaving);
    this.#leaving.delete(nameKey(name));
    const isNews = leaving === undefined && this.#settled && player !== this.me;
    if (isNews && this.#people <= SMALL_ROOM) this.#note(`${name} is here`);
  }

  /** @param {Member} member */
  #left({ name }) {
    if (!this.#settled || this.#people > SMALL_ROOM) return;
    this.#leaving.set(nameKey(name), setTimeout(() => {
      this.#leaving.delete(nameKey(name));
      this.#note(`${name} has left`);
    }, BACK_MS));
  }
}
