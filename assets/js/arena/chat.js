// The chat: lines of the room, and the field for writing one.

import { addRow, byId, element, setText } from './dom.js';
import { CHAT_BYTES_MAX, Pace, bytesOf, limitBytes } from './limits.js';
import { hueOf } from './looks.js';
import { keep, recallTexts } from './store.js';
import { texts } from './texts/index.js';

const ROWS_MAX = 100;
const ROW_MS = 12_000;
/** From this many bytes on the field says how many are left. */
const LEFT_SHOWN = 50;
const MUTED = 'muted';
const MUTED_MAX = 200;

/** @typedef {import('../net/types.js').ChatLine} ChatLine */
/** @typedef {{from: number, from_name: string, to_name: string, text: string}} Whisper */

export class Chat {
  #form = byId('chat', HTMLFormElement);
  #field = byId('chat-text', HTMLInputElement);
  #lines = byId('lines');
  #left = byId('chat-left');
  #page;
  #pace = new Pace();
  /** Names whose lines are not shown.
   * @type {Set<string>} */
  #muted = new Set(recallTexts(MUTED));
  /** Whoever has said something, by name.
   * @type {Map<string, number>} */
  #speakers = new Map();
  /** The last line of each, for a report.
   * @type {Map<string, number>} */
  #lastLines = new Map();
  /** What became last of muting or reporting somebody, for what covers the lines. */
  noted = '';

  /**
   * @param {object} page
   * @param {() => boolean} page.connected whether a line can be sent
   * @param {(text: string) => void} page.say sends a line
   * @param {(player: number, text: string) => void} page.whisper sends a line to one player
   * @param {(line: number) => void} page.report reports a line
   * @param {() => number} page.linesMax how many lines, whispers and reports the server takes in ten seconds
   * @param {(player: number) => string | null} page.nameOf who plays as this player, if that is known
   * @param {(open: boolean) => void} page.opened called when the field opens or closes
   */
  constructor(page) {
    this.#page = page;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    limitBytes(this.#field, CHAT_BYTES_MAX);
    this.#field.addEventListener('input', () => this.#count());
    // The field keeps the focus when a button of a line is pressed; by Tab they have it in turn.
    this.#lines.addEventListener('mousedown', (event) => event.preventDefault());
    for (const part of [this.#field, this.#lines]) {
      part.addEventListener('focusout', ({ relatedTarget }) => {
        if (relatedTarget !== this.#field && !this.#lines.contains(/** @type {Node | null} */ (relatedTarget))) this.close();
      });
    }
  }

  get open() {
    return !this.#form.hidden;
  }

  show() {
    this.#form.hidden = false;
    this.#lines.classList.add('all');
    this.#reach(0);
    this.#lines.scrollTop = this.#lines.scrollHeight;
    this.#field.focus();
    this.#page.opened(true);
  }

  close() {
    if (!this.open) return;
    this.#form.hidden = true;
    this.#lines.classList.remove('all');
    this.#reach(-1);
    for (const actions of this.#lines.querySelectorAll('.actions')) actions.remove();
    this.#page.opened(false);
  }

  /** Removes the lines of the previous room. */
  clear() {
    this.#lines.replaceChildren();
    this.#speakers.clear();
    this.#lastLines.clear();
  }

  /**
   * Shows a line of a player, or of the game. One from before this player came shows while the chat is
   * open.
   * @param {ChatLine} said
   * @param {boolean} own
   */
  line({ line, player, name, text, earlier }, own) {
    const shown = this.#rows(line);
    if (shown.some((row) => row.dataset.said === text)) return;
    if (!own && this.#muted.has(name)) return;
    if (player !== null && !earlier && !own) this.#speakers.set(name, player);
    if (!own) this.#lastLines.set(name, line);
    const row = this.#row(earlier ? 'old' : '', { player, name, own }, ' ', element('bdi', '', text));
    Object.assign(row.dataset, { line: String(line), said: text });
    this.#add(row);
  }

  /**
   * Shows a line to one player.
   * @param {Whisper} said
   * @param {number | null} me the own player
   */
  whisper({ from, from_name: name, to_name: to, text }, me) {
    const own = from === me;
    if (!own && this.#muted.has(name)) return;
    if (!own) this.#speakers.set(name, from);
    this.#add(this.#row('whisper', { player: from, name, own }, own ? texts.chat.whispersTo(to) : texts.chat.whispers, element('bdi', '', text)));
  }

  /**
   * Removes a line that was withdrawn.
   * @param {number} line
   */
  withdraw(line) {
    for (const row of this.#rows(line)) row.remove();
  }

  /**
   * Shows a note from the page; a repeated note replaces the last one.
   * @param {string} text
   */
  note(text) {
    const last = this.#lines.lastElementChild;
    if (last?.className.startsWith('note') && last.textContent === text) last.remove();
    this.#add(element('li', 'note', text));
  }

  /**
   * Shows what became of what the player asked for.
   * @param {string} text
   */
  answer(text) {
    this.noted = text;
    this.note(text);
  }

  /**
   * Shows who came and went, in place of the last such note: whoever comes and goes again and again takes no
   * more room than that.
   * @param {readonly {player: number, name: string, words: string}[]} parts
   */
  company(parts) {
    const last = this.#lines.lastElementChild;
    if (last?.classList.contains('company')) last.remove();
    const words = parts.flatMap(({ player, name, words }, i) => [i > 0 ? ' · ' : '', inHue(element('b', '', element('bdi', '', name)), player), ` ${words}`]);
    this.#add(element('li', 'note company', ...words));
  }

  /** Lets the Tab key reach the names, or not: the game has the keys while the chat is closed.
   * @param {0 | -1} tabIndex */
  #reach(tabIndex) {
    for (const name of this.#lines.querySelectorAll('.name')) /** @type {HTMLElement} */ (name).tabIndex = tabIndex;
  }

  /** @param {number} line */
  #rows(line) {
    return /** @type {HTMLElement[]} */ ([...this.#lines.querySelectorAll(`[data-line="${line}"]`)]);
  }

  /** @param {HTMLElement} row */
  #add(row) {
    const { scrollTop, clientHeight, scrollHeight } = this.#lines;
    // Whoever reads further up stays there.
    const follows = !this.open || scrollTop + clientHeight > scrollHeight - 8;
    addRow(this.#lines, row, ROWS_MAX, ROW_MS);
    if (follows) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  /**
   * @param {string} kind
   * @param {{player: number | null, name: string, own: boolean}} who
   * @param {...(string | Node)} words
   */
  #row(kind, { player, name, own }, ...words) {
    if (own || !name) return element('li', kind, element('b', own ? 'own' : '', element('bdi', '', name)), ...words);
    const who = element('button', 'name', element('bdi', '', name));
    Object.assign(who, { type: 'button', tabIndex: this.open ? 0 : -1 });
    const row = element('li', kind, inHue(element('b', '', who), player), ...words);
    who.addEventListener('click', () => this.#offer(row, name));
    return row;
  }

  /**
   * Offers what can be done about a line, in the line itself.
   * @param {HTMLElement} row
   * @param {string} name
   */
  #offer(row, name) {
    const open = row.querySelector('.actions');
    if (open) return open.remove();
    const { line } = row.dataset;
    /** @type {[string, () => void][]} */
    const offers = [[texts.chat.whisper, () => this.#begin(name)], [texts.chat.mute, () => this.mute(name)]];
    if (line) offers.push([texts.chat.report, () => this.#report(Number(line))]);
    row.append(element('span', 'actions', ...offers.map(([label, act]) => {
      const button = element('button', 'quiet', label);
      button.type = 'button';
      button.addEventListener('click', () => {
        this.#field.focus();
        row.querySelector('.actions')?.remove();
        act();
      });
      return button;
    })));
  }

  /** @param {string} name */
  #begin(name) {
    this.#field.value = `/w ${name} `;
  }

  /** @param {string} name */
  isMuted(name) {
    return this.#muted.has(name);
  }

  /** Whether there is a line of theirs to report. @param {string} name */
  hasSpoken(name) {
    return this.#lastLines.has(name);
  }

  /** @param {string} name @returns {boolean} whether it is reported */
  reportLast(name) {
    const line = this.#lastLines.get(name);
    return line !== undefined && this.#report(line);
  }

  /** Hides what somebody says, or shows it again. @param {string} name */
  mute(name) {
    if (this.#muted.delete(name)) this.answer(texts.chat.unmuted(name));
    else {
      this.#muted.add(name);
      for (const who of this.#lines.querySelectorAll('.name')) if (who.textContent === name) who.closest('li')?.remove();
      this.answer(texts.chat.muted(name));
    }
    keep(MUTED, [...this.#muted].slice(-MUTED_MAX));
  }

  /** @param {number} line */
  #report(line) {
    if (!this.#page.connected()) this.answer(texts.chat.notReported);
    if (!this.#page.connected() || !this.#inTime()) return false;
    this.#page.report(line);
    this.answer(texts.chat.reported);
    return true;
  }

  /** Whether another line, whisper or report is within the limit: the server would drop it. */
  #inTime() {
    const linesMax = this.#page.linesMax();
    const allowed = this.#pace.allows(performance.now(), linesMax);
    if (!allowed) this.answer(texts.chat.slow(linesMax));
    return allowed;
  }

  #submit() {
    const text = this.#field.value;
    if (text.trim()) {
      if (!this.#page.connected()) return this.note(texts.chat.offline);
      const mute = /^\/mute +(.+)$/u.exec(text.trim());
      if (mute) this.mute(mute[1]);
      else if (!this.#say(text)) return;
    }
    this.#field.value = '';
    this.#count();
    this.close();
  }

  /** Says how much still fits, once little does. */
  #count() {
    const left = CHAT_BYTES_MAX - bytesOf(this.#field.value);
    setText(this.#left, left <= LEFT_SHOWN ? texts.chat.left(left) : '');
    this.#left.classList.toggle('none', left === 0);
  }

  /** @param {string} text */
  #say(text) {
    const command = /^\/w +(.+)$/u.exec(text.trim())?.[1];
    const names = [...this.#speakers.keys()].filter((name) => command?.startsWith(`${name} `));
    const to = names.sort((a, b) => b.length - a.length)[0] ?? '';
    const player = this.#speakers.get(to) ?? -1;
    // Somebody else may have the seat of one who has left; of who is far away, nothing is known.
    if (command && (player < 0 || (this.#page.nameOf(player) ?? to) !== to)) {
      this.note(texts.chat.whom);
      return false;
    }
    if (!this.#inTime()) return false;
    if (command) this.#page.whisper(player, command.slice(to.length).trim());
    else this.#page.say(text);
    return true;
  }
}

/**
 * Colours a name as its ship.
 * @param {HTMLElement} name
 * @param {number | null} player null for the game itself
 */
function inHue(name, player) {
  if (player !== null) name.style.color = hueOf(player);
  return name;
}
