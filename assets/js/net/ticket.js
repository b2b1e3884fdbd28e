// Tickets: what proves to the server who the player is, where it looks at such.

/** What brings tickets: a ticket, or a function that gets a fresh one each time, and is passed whether
 * the server has asked for one; empty for none.
 * @typedef {string | ((asked: boolean) => string | Promise<string>)} TicketSource */

/** The longest ticket that a server takes. */
const LENGTH_MAX = 2_048;

/**
 * Gets tickets from the page's own site, whenever the server asks for one: `ticket` beside the page
 * answers with the ticket of whoever has signed in.
 * @param {string | URL} [url]
 * @returns {(asked: boolean) => Promise<string>}
 */
export function siteTicket(url = new URL('ticket', document.baseURI)) {
  return async (asked) => {
    if (!asked) return '';
    const answer = await fetch(url, { cache: 'no-store', credentials: 'same-origin' });
    const text = answer.ok ? (await answer.text()).trim() : '';
    // Some sites answer every address with a page.
    return text.length <= LENGTH_MAX && /^[\w-]+(\.[\w-]+){2}$/.test(text) ? text : '';
  };
}

/** Where a session's tickets come from. */
export class Tickets {
  /** Whether the server has asked for a ticket since the last welcome. */
  #asked = false;

  /** @param {TicketSource} source */
  constructor(source) {
    /** What brings them; may be replaced later. */
    this.source = source;
  }

  /** Somebody joins, or has joined. */
  restart() {
    this.#asked = false;
  }

  /**
   * Passes a ticket on, at once if it is there already.
   * @param {(ticket: string) => void} use
   * @param {(error: Error) => void} fail
   * @param {boolean} [asked] whether the server has asked for it
   */
  get(use, fail, asked = this.#asked) {
    const { source } = this;
    if (typeof source === 'string') use(source);
    else (async () => source(asked))().then(use, fail);
  }

  /**
   * Gets a fresh ticket, if there is a way to get one, before the one before ends.
   * @param {(ticket: string) => void} use
   */
  renew(use) {
    if (typeof this.source === 'string') return;
    this.get((ticket) => ticket && use(ticket), ({ message }) => console.warn(`drumbeat: there is no new ticket: ${message}`), true);
  }

  /** The server asks for a ticket.
   * @returns {boolean} whether another attempt may bring one: once until the next restart */
  ask() {
    const mayHelp = typeof this.source === 'function' && !this.#asked;
    this.#asked = true;
    return mayHelp;
  }
}
