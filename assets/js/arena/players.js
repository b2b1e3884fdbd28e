// The list of players: place, name, score, and what can be done about each.

import { byId, element, setText } from './dom.js';
import { points } from './format.js';
import { hueOf } from './looks.js';
import { texts } from './texts/index.js';

const UPDATE_MS = 500;
/** How many are shown; the count above says how many there are. */
const ROWS_MAX = 1_000;

/**
 * The page's side.
 * @typedef {object} PlayersPage
 * @property {() => import('./roster.js').Row[]} list
 * @property {() => boolean} whole whether all people are on it
 * @property {() => number | null} own the own player
 * @property {() => number} all how many play; 0 if that is not known
 * @property {(player: number) => boolean} away whether a player's connection is lost
 * @property {import('./chat.js').Chat} chat
 */

export class Players {
  #dialog = byId('players', HTMLDialogElement);
  #rows = byId('players-rows');
  #count = byId('players-count');
  #said = byId('players-said');
  #page;
  #shownAt = -1e9;

  /** @param {PlayersPage} page */
  constructor(page) {
    this.#page = page;
  }

  get open() {
    return this.#dialog.open;
  }

  showModal() {
    if (this.open) return;
    this.#rows.replaceChildren();
    this.#page.chat.noted = '';
    this.#show();
    this.#dialog.showModal();
  }

  /**
   * Closes the list by a key that opens it; Tab moves the focus in it.
   * @param {KeyboardEvent} event
   * @param {import('./bindings.js').Bindings} bindings
   * @returns {boolean} whether it took the key
   */
  take({ code, ctrlKey, metaKey, altKey }, bindings) {
    if (!this.#dialog.open || code === 'Tab' || ctrlKey || metaKey || altKey || bindings.action(code) !== 'players') return false;
    this.#dialog.close();
    return true;
  }

  /** Updates the list while it is open. @param {number} now milliseconds */
  update(now) {
    if (!this.#dialog.open || now - this.#shownAt < UPDATE_MS) return;
    this.#shownAt = now;
    this.#show();
  }

  #show() {
    const [own, list, all] = [this.#page.own(), this.#page.list(), this.#page.all()];
    const rows = list.slice(0, ROWS_MAX);
    setText(this.#count, counts(list, all, this.#page.whole()));
    // The list covers the chat, which says what became of a report.
    setText(this.#said, this.#page.chat.noted);
    // Rows are reused, so that the focus stays where it is.
    while (this.#rows.children.length > rows.length) this.#rows.lastElementChild?.remove();
    rows.forEach((entry, i) => this.#fill(/** @type {HTMLElement} */ (this.#rows.children[i] ?? this.#rows.appendChild(this.#row())), entry, own));
  }

  #row() {
    const mute = element('button', 'quiet');
    const report = element('button', 'quiet', texts.chat.report);
    mute.type = report.type = 'button';
    const row = element('tr', '', element('td', 'place'), element('th', '', element('bdi'), element('small')), element('td', 'score'), element('td', 'acts', mute, report));
    mute.addEventListener('click', () => {
      this.#page.chat.mute(row.dataset.name ?? '');
      this.#show();
    });
    report.addEventListener('click', () => {
      report.disabled = this.#page.chat.reportLast(row.dataset.name ?? '');
      if (report.disabled) setText(report, texts.players.reported);
      this.#show();
    });
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {import('./roster.js').Row} entry
   * @param {number | null} own
   */
  #fill(row, { player, name, score, place, bot }, own) {
    const { chat } = this.#page;
    const [placeCell, who, scoreCell, acts] = row.children;
    const isOwn = player === own;
    const muted = chat.isMuted(name);
    row.classList.toggle('own', isOwn);
    row.classList.toggle('muted', muted);
    setText(placeCell, place > 0 ? String(place) : '–');
    setText(who.children[0], name);
    /** @type {HTMLElement} */ (who.children[0]).style.color = isOwn ? '' : hueOf(player);
    const notes = [bot && !name.endsWith('(bot)') && texts.players.bot, this.#page.away(player) && texts.players.away, muted && texts.players.muted];
    setText(who.children[1], notes.filter(Boolean).join(' · '));
    setText(scoreCell, score === null ? '–' : points(score));
    const [mute, report] = /** @type {[HTMLButtonElement, HTMLButtonElement]} */ (/** @type {unknown} */ (acts.children));
    mute.hidden = isOwn || bot;
    setText(mute, muted ? texts.players.unmute : texts.chat.mute);
    mute.ariaLabel = muted ? texts.players.unmuteWho(name) : texts.players.muteWho(name);
    report.hidden = mute.hidden || !chat.hasSpoken(name);
    report.ariaLabel = texts.players.reportWho(name);
    if (row.dataset.name === name) return;
    row.dataset.name = name;
    report.disabled = false;
    setText(report, texts.chat.report);
  }
}

/**
 * How many there are, and how many of them are on the list.
 * @param {readonly import('./roster.js').Row[]} list
 * @param {number} all how many play; 0 if that is not known, as for a spectator
 * @param {boolean} whole whether all people are on it
 */
export function counts(list, all, whole) {
  const seen = list.filter(({ bot }) => bot).length;
  if (!whole) return all > list.length ? texts.players.some(list.length, all) : texts.players.all(list.length);
  const people = list.length - seen;
  if (all === 0) return seen > 0 ? texts.players.besides(people, seen) : texts.players.all(people);
  const bots = Math.max(seen, all - people);
  return bots > 0 ? texts.players.both(people, bots, seen) : texts.players.all(people);
}
