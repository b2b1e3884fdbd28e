// The room's chat: what was said before, too, whispers, and what can be done about a line.

import { offer, whoButton } from './offers.js';

/** Lines of the room that are shown, as many as it holds, and as many whispers besides: so a whisper takes no
 * line away that comes again with the next connection. */
const LINES_MAX = 200;

/** @typedef {import('../js/net/types.js').ChatLine} ChatLine */
/** @typedef {{player: number, name: string}} Person */

export class Chat {
  #panel;
  #list;
  #field;
  #unread = 0;
  /** The newest line so far, over all connections. */
  #last = 0;
  /** The tick of this page's first frame.
   * @type {number | undefined} */
  #since;
  #toggle;
  #page;
  /** The shown lines of the room, by number.
   * @type {Map<number, HTMLElement>} */
  #lines = new Map();
  /** @type {HTMLElement[]} */
  #whispers = [];
  /** What was sent last, until it is said. */
  #sent = '';

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} toggle
   * @param {object} page
   * @param {(text: string) => boolean} page.say
   * @param {(player: number, text: string) => boolean} page.whisper
   * @param {(line: number) => void} page.report
   * @param {(text: string) => void} page.note shows a message
   * @param {() => Person[]} page.people who else is here now
   * @param {() => import('../js/net/types.js').Welcome | null} page.me
   * @param {import('./muted.js').Muted} page.muted
   * @param {(name: string) => void} page.mute hides what somebody says, or shows it again
   */
  constructor(panel, toggle, page) {
    [this.#panel, this.#toggle, this.#page] = [panel, toggle, page];
    this.#list = /** @type {HTMLElement} */ (panel.querySelector('[role="log"]'));
    this.#field = /** @type {HTMLInputElement} */ (panel.querySelector('input'));
    panel.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(this.#field.value);
    });
    panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') [this.open(false), toggle.focus()];
    });
    toggle.addEventListener('click', () => this.open(panel.hidden));
  }

  /** @param {boolean} open */
  open(open = this.#panel.hidden) {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute('aria-expanded', `${open}`);
    if (!open) return;
    this.#count(0);
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#field.focus();
  }

  /** A connection begins. @param {number} tick of its first frame */
  begins(tick) {
    this.#since ??= tick;
  }

  /** Begins a whisper. @param {string} name of whom it is for */
  begin(name) {
    this.open(true);
    this.#field.value = `/w ${name} `;
  }

  /** @param {ChatLine} said */
  add({ line, player, name, text, tick, earlier }) {
    // With each connection all lines come again.
    const said = `${name}: ${text}`;
    if (this.#lines.get(line)?.dataset.said === said) return;
    // Numbers count up: the room has begun anew.
    if (line <= this.#last) this.#clear();
    const me = this.#page.me();
    const own = player !== null && player === me?.player && (!earlier || name === me.name);
    const item = this.#row(player === null || own ? null : name, name && `${name}: `, text, line);
    item.dataset.said = said;
    item.classList.toggle('game', player === null);
    this.#lines.set(line, item);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > LINES_MAX) this.withdraw(oldest);
    this.#put(item, own);
    // Also what was said while the connection was lost, but not what was said before this page came.
    if (!item.hidden && line > this.#last && tick > (this.#since ?? 0)) this.#missed();
    this.#last = line;
  }

  /** A line to one person. @param {{from: number, from_name: string, to_name: string, text: string}} said */
  whisper({ from, from_name: name, to_name: to, text }) {
    const own = from === this.#page.me()?.player;
    const item = this.#row(own ? null : name, own ? `To ${to}: ` : `${name} whispers: `, text);
    item.classList.add('whisper');
    this.#whispers.push(item);
    if (this.#whispers.length > LINES_MAX) this.#whispers.shift()?.remove();
    this.#put(item, own);
    if (!own && !item.hidden) this.#missed();
  }

  /** A line must not be shown any more. @param {number} line */
  withdraw(line) {
    this.#lines.get(line)?.remove();
    this.#lines.delete(line);
  }

  /** The line that was sent last is refused: it comes back, unless another is written already. */
  refused() {
    if (this.#sent && this.#field.value === '') this.#field.value = this.#sent;
    this.#sent = '';
  }

  /** Hides the lines of who is muted now, and shows those of others. */
  remute() {
    for (const item of [...this.#lines.values(), ...this.#whispers]) item.hidden = this.#page.muted.has(item.dataset.from ?? '');
  }

  /**
   * @param {string | null} from the name of somebody else
   * @param {string} who @param {string} text @param {number} [line] that can be reported
   */
  #row(from, who, text, line) {
    const item = document.createElement('p');
    if (from === null) {
      item.append(Object.assign(document.createElement('b'), { textContent: who }), text);
      return item;
    }
    const { mute, muted, people, report } = this.#page;
    item.dataset.from = from;
    item.hidden = muted.has(from);
    item.append(whoButton(who.trimEnd(), () => offer(item, [
      [people().some(({ name }) => name === from), 'Whisper', () => this.begin(from)],
      [true, 'Hide their lines', () => mute(from)],
      [line !== undefined, 'Report', () => report(line ?? 0)],
    ])), ' ', text);
    return item;
  }

  #clear() {
    this.#list.replaceChildren();
    this.#lines.clear();
    this.#whispers = [];
    this.#last = 0;
  }

  /** @param {HTMLElement} item @param {boolean} own */
  #put(item, own) {
    if (own) this.#sent = '';
    const { scrollTop, clientHeight, scrollHeight } = this.#list;
    this.#list.append(item);
    if (own || scrollTop + clientHeight > scrollHeight - 40) this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** @param {string} text */
  #submit(text) {
    const whisper = /^\/w +(.*)$/u.exec(text.trim())?.[1];
    // By name, among who is here now: somebody else may have the number of one who has left.
    const to = this.#page.people().filter(({ name }) => name && whisper?.startsWith(`${name} `)).sort((a, b) => b.name.length - a.name.length)[0];
    if (whisper !== undefined && !to) return this.#page.note('Nobody here goes by that name, or nothing follows it: /w NAME hello');
    const gone = to ? this.#page.whisper(to.player, (whisper ?? '').slice(to.name.length).trim()) : this.#page.say(text);
    if (gone) [this.#sent, this.#field.value] = [text, ''];
  }

  #missed() {
    if (this.#panel.hidden) this.#count(this.#unread + 1);
  }

  #count(unread) {
    this.#unread = unread;
    const mark = /** @type {HTMLElement} */ (this.#toggle.querySelector('b'));
    mark.hidden = unread === 0;
    mark.textContent = unread > 99 ? '99+' : `${unread}`;
    this.#toggle.setAttribute('aria-label', unread ? `Chat, ${unread} unread` : 'Chat');
  }
}
