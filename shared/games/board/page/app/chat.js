// The room's chat: what was said before, too.

/** Lines that are shown. */
const LINES_MAX = 200;

export class Chat {
  #panel;
  #list;
  #unread = 0;
  /** The newest line so far, over all connections. */
  #last = 0;
  /** The tick of this page's first frame.
   * @type {number | undefined} */
  #since;
  #toggle;
  /** The shown lines, by number.
   * @type {Map<number, HTMLElement>} */
  #lines = new Map();

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} toggle
   * @param {(text: string) => boolean} say
   */
  constructor(panel, toggle, say) {
    this.#panel = panel;
    this.#toggle = toggle;
    this.#list = /** @type {HTMLElement} */ (panel.querySelector('[role="log"]'));
    const field = /** @type {HTMLInputElement} */ (panel.querySelector('input'));
    panel.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      if (say(field.value)) field.value = '';
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
    this.#panel.querySelector('input')?.focus();
  }

  /** A connection begins: all lines come again.
   * @param {number} tick of its first frame */
  restart(tick) {
    this.#list.replaceChildren();
    this.#lines.clear();
    this.#since ??= tick;
  }

  /** @param {import('../js/net/types.js').ChatLine} said */
  add({ line, player, name, text, tick }) {
    const item = document.createElement('p');
    const who = document.createElement('b');
    who.textContent = player === null ? '' : `${name}: `;
    item.classList.toggle('game', player === null);
    item.append(who, text);
    const atEnd = this.#list.scrollTop + this.#list.clientHeight > this.#list.scrollHeight - 40;
    this.#list.append(item);
    this.#lines.set(line, item);
    for (const [old, gone] of this.#lines) {
      if (this.#lines.size <= LINES_MAX) break;
      gone.remove();
      this.#lines.delete(old);
    }
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
    // Also what was said while the connection was lost, but not what was said before this page came.
    if (this.#panel.hidden && line > this.#last && tick > (this.#since ?? 0)) this.#count(this.#unread + 1);
    this.#last = Math.max(this.#last, line);
  }

  /** A line must not be shown any more. @param {number} line */
  withdraw(line) {
    this.#lines.get(line)?.remove();
    this.#lines.delete(line);
  }

  #count(unread) {
    this.#unread = unread;
    const mark = /** @type {HTMLElement} */ (this.#toggle.querySelector('b'));
    mark.hidden = unread === 0;
    mark.textContent = unread > 99 ? '99+' : `${unread}`;
    this.#toggle.setAttribute('aria-label', unread ? `Chat, ${unread} unread` : 'Chat');
  }
}
