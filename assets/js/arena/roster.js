// Who is in the room, as far as this page has seen: the leaders with their scores, the ships in view,
// and whoever was named in the kill feed.

/** Without a sign for this long somebody is no longer listed. */
const GONE_MS = 90_000;
const ENTRIES_MAX = 1_000;

/** @typedef {{player: number, name: string, score: number | null, place: number, bot: boolean, seenAt: number}} Entry
 *   `place` 0 if it is not known */

export class Roster {
  /** @type {Map<number, Entry>} */
  #entries = new Map();
  /** From this id on players are the game's own. */
  #house = Infinity;

  /** Another room. @param {any} map its map */
  reset(map) {
    this.#entries.clear();
    this.#house = map?.house ?? Infinity;
  }

  /**
   * Notes a sign of a player.
   * @param {number | null} player
   * @param {string | null} name
   * @param {number} now milliseconds
   */
  sign(player, name, now) {
    if (player === null || !name) return;
    const known = this.#entries.get(player);
    // Somebody else has the seat of one who has left.
    if (known?.name === name) known.seenAt = now;
    else if (known || this.#entries.size < ENTRIES_MAX) {
      this.#entries.set(player, { player, name, score: null, place: 0, bot: this.isBot(player, name), seenAt: now });
    }
  }

  /**
   * Takes the leaders, best first.
   * @param {{player: number, name: string, score: number}[]} rows
   * @param {number} now milliseconds
   */
  lead(rows, now) {
    for (const entry of this.#entries.values()) Object.assign(entry, { place: 0, score: null });
    rows.forEach(({ player, name, score }, i) => {
      this.sign(player, name, now);
      const entry = this.#entries.get(player);
      if (entry) Object.assign(entry, { score, place: i + 1 });
    });
  }

  /** Whether a player is one of the game's own. @param {number} player @param {string} name */
  isBot(player, name) {
    return player >= this.#house || (this.#house === Infinity && name.endsWith(' (bot)'));
  }

  /**
   * Everybody known: those with a place first, then by name.
   * @param {number} now milliseconds
   * @returns {Entry[]}
   */
  list(now) {
    for (const [player, { seenAt }] of this.#entries) if (now - seenAt > GONE_MS) this.#entries.delete(player);
    return [...this.#entries.values()].sort((a, b) => (a.place || Infinity) - (b.place || Infinity) || a.name.localeCompare(b.name));
  }
}
