// The document of a room by record, over any number of connections.

/** @typedef {import('./core.js').Core} Core */

/** A copy of the document. After a lost connection it stays until the new one has all of it. */
export class Records {
  /** The records by id, oldest first after the first time that all have arrived.
   * @type {Map<number, any>} */
  all = new Map();
  /** Whether all of the document has arrived on this connection. */
  whole = false;
  /** Ids of the connection before that this one has not confirmed.
   * @type {Set<number>} */
  #doubtful = new Set();

  /** A new connection starts with nothing. */
  restart() {
    this.whole = false;
    this.#doubtful = new Set(this.all.keys());
  }

  /** Forgets everything: the session has left. */
  clear() {
    this.all.clear();
    this.restart();
  }

  /**
   * Takes what a frame has changed.
   * @param {Core} core
   * @param {(id: number, record: any) => void} changed called with each change; null for a record
   *   that is gone
   * @returns {boolean} whether all has arrived just now
   */
  take(core, changed) {
    for (const [id, record] of core.changedRecords()) {
      this.#doubtful.delete(id);
      this.#put(id, record, changed);
    }
    if (this.whole || !core.hasDocument) return false;
    this.whole = true;
    this.all = new Map([...this.all].sort(([a], [b]) => a - b));
    for (const id of this.#doubtful) this.#put(id, null, changed);
    this.#doubtful.clear();
    return true;
  }

  /**
   * @param {number} id
   * @param {any} record
   * @param {(id: number, record: any) => void} changed
   */
  #put(id, record, changed) {
    if (record === null) {
      if (!this.all.delete(id)) return;
    } else {
      this.all.set(id, record);
    }
    changed(id, record);
  }
}
