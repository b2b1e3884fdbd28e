// Tickets: what proves to the server who the player is, where it looks at such.

/** What brings tickets: a ticket, or a function that gets a fresh one each time; empty for none.
 * @typedef {string | (() => string | Promise<string>)} TicketSource */

/**
 * Gets tickets from the page's own site, once the server has asked for one: `ticket` beside the page
 * answers with the ticket of whoever has signed in.
 * @param {string | URL} [url]
 * @returns {() => Promise<string>}
 */
export function siteTicket(url = new URL('ticket', document.baseURI)) {
  let isNeeded = false;
  return async () => {
    if (!isNeeded) {
      isNeeded = true;
      return '';
    }
    const answer = await fetch(url, { cache: 'no-store', credentials: 'same-origin' });
    return answer.ok ? (await answer.text()).trim() : '';
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
   */
  get(use, fail) {
    const { source } = this;
    if (typeof source === 'string') use(source);
    else (async () => source())().then(use, fail);
  }

  /** The server asks for a ticket.
   * @returns {boolean} whether another attempt may bring one: once until the next restart */
  ask() {
    const mayHelp = typeof this.source === 'function' && !this.#asked;
    this.#asked = true;
    return mayHelp;
  }
}
