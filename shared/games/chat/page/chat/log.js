// The lines on the screen: where one reads, how many are new below, which are hidden.

import { byId, element, hue, mentions, nameKey, words } from './words.js';

/** Rows that stay; the oldest go. */
const ROWS_MAX = 500;
/** This close to the end, one reads the newest line, pixels. */
const AT_END_PX = 48;

/**
 * What somebody has said, or what the page notes.
 * @typedef {object} Line
 * @property {'said' | 'whisper' | 'room' | 'note'} how
 * @property {string} text
 * @property {Date} at
 * @property {string} [name] of the speaker
 * @property {number | null} [player] who says it
 * @property {number} [number] of the line in the room
 * @property {boolean} [own]
 * @property {boolean} [earlier] whether it was said before one came
 * @property {string} [to] for a whisper of one's own
 */

export class Log {
  #scroller = byId('log', HTMLElement);
  #list = byId('lines', HTMLOListElement);
  #button = byId('new-lines', HTMLButtonElement);
  /** @type {Map<HTMLLIElement, Line>} */
  #lines = new Map();
  /** @type {Map<number, HTMLLIElement>} */
  #byNumber = new Map();
  #unread = 0;
  #hasEarlier = false;
  #isMuted;
  #time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  #day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  /** The own name, for lines that name one. */
  me = '';

  /**
   * @param {object} page
   * @param {(name: string) => boolean} page.isMuted
   * @param {(opener: HTMLElement, line: Line) => void} page.open shows what can be done about a line
   */
  constructor({ isMuted, open }) {
    this.#isMuted = isMuted;
    this.#button.addEventListener('click', () => this.toEnd());
    this.#scroller.addEventListener('scroll', () => this.#atEnd() && this.#read());
    this.#list.addEventListener('click', ({ target }) => {
      const opener = target instanceof Element ? target.closest('.who') : null;
      const line = this.#lines.get(/** @type {HTMLLIElement} */ (opener?.closest('li')));
      if (line && opener instanceof HTMLElement) open(opener, line);
    });
    this.#list.addEventListener('keydown', (event) => this.#step(event));
    // While the keyboard of a phone comes, the newest line stays.
    let end = true;
    this.#scroller.addEventListener('scroll', () => (end = this.#atEnd()));
    new ResizeObserver(() => end && this.toEnd()).observe(this.#scroller);
  }

  /** Removes everything: the room is another. */
  clear() {
    this.#list.replaceChildren();
    this.#lines.clear();
    this.#byNumber.clear();
    this.#hasEarlier = false;
    this.#read();
  }

  /**
   * The line of the room with this number.
   * @param {number} number
   */
  find(number) {
    const row = this.#byNumber.get(number);
    return row && this.#lines.get(row);
  }

  /** The lines on the screen, newest first. */
  all() {
    return [...this.#lines.values()].reverse();
  }

  /** @param {Line} line */
  add(line) {
    const follows = this.#atEnd();
    if (this.#hasEarlier && !line.earlier && line.how === 'said') {
      this.#hasEarlier = false;
      this.#list.append(element('li', 'since', 'New since you came'));
    }
    this.#hasEarlier ||= line.earlier ?? false;
    const row = this.#row(line);
    this.#list.append(row);
    this.#lines.set(row, line);
    if (line.number !== undefined) this.#byNumber.set(line.number, row);
    while (this.#list.children.length > ROWS_MAX) this.#forget(/** @type {HTMLLIElement} */ (this.#list.firstElementChild));
    this.#rove(row);
    if (follows || line.own) this.toEnd();
    else if (!row.hidden && line.how !== 'note') this.#below();
  }

  /**
   * Removes a line that was withdrawn.
   * @param {number} number
   */
  withdraw(number) {
    const row = this.#byNumber.get(number);
    if (row) this.#forget(row);
  }

  /** Hides the lines of who is muted now, and shows those of others. */
  remute() {
    for (const [row, line] of this.#lines) row.hidden = this.#hides(line);
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#read();
  }

  /** @param {Line} line */
  #row(line) {
    const { how, at, name = '', own = false, to } = line;
    const action = how !== 'room' && how !== 'note' && line.text.startsWith('/me ');
    const isMention = how === 'said' && !own && mentions(line.text, this.me);
    const classes = [how, action && 'action', own && 'own', isMention && 'mention'].filter(Boolean);
    const time = element('time', '', this.#time.format(at));
    const isToday = at.toDateString() === new Date().toDateString();
    if (!isToday) time.textContent = this.#day.format(at);
    Object.assign(time, { dateTime: at.toISOString(), title: this.#day.format(at) });
    const row = element('li', classes.join(' '), time);
    if (name) {
      const who = element('button', 'who', name);
      Object.assign(who, { type: 'button', tabIndex: -1, ariaHasPopup: 'menu' });
      who.dir = 'auto';
      who.style.setProperty('--hue', String(hue(name)));
      row.append(' ', who);
    }
    if (how === 'whisper') row.append(' ', element('em', '', own ? `whispers to ${to}:` : 'whispers to you:'));
    row.append(' ', words(action ? line.text.slice(4) : line.text));
    row.hidden = this.#hides(line);
    return row;
  }

  /** @param {Line} line */
  #hides({ name, own }) {
    return !own && name !== undefined && this.#isMuted(nameKey(name));
  }

  /** @param {HTMLLIElement} row */
  #forget(row) {
    const number = this.#lines.get(row)?.number;
    if (number !== undefined) this.#byNumber.delete(number);
    this.#lines.delete(row);
    const had = row.contains(document.activeElement);
    row.remove();
    const last = this.#openers().at(-1);
    if (last) last.tabIndex = 0;
    if (had) last?.focus();
  }

  #openers() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll('li:not([hidden]) > .who')]);
  }

  /** The Tab key leads to one line, the newest; arrow keys lead from there to the others.
   * @param {HTMLElement} row */
  #rove(row) {
    const opener = row.querySelector('.who');
    if (row.hidden || !(opener instanceof HTMLElement)) return;
    for (const other of this.#list.querySelectorAll('.who[tabindex="0"]')) /** @type {HTMLElement} */ (other).tabIndex = -1;
    opener.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const openers = this.#openers();
    const at = openers.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: openers.length - 1 }[event.key];
    if (at < 0 || to === undefined || !openers[to]) return;
    event.preventDefault();
    openers[at].tabIndex = -1;
    openers[to].tabIndex = 0;
    openers[to].focus();
  }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < AT_END_PX;
  }

  #below() {
    this.#unread += 1;
    this.#button.textContent = this.#unread === 1 ? '1 new line below' : `${this.#unread} new lines below`;
    this.#button.hidden = false;
  }

  #read() {
    this.#unread = 0;
    this.#button.hidden = true;
  }
}
