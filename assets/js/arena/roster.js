// Who is in the room: the connected players, as the server lists them, and the game's own as far as this page
// has seen them: the leaders with their scores, the ships in view, and whoever was named in the kill feed.
// Without the server's list that holds for all.

/** Without a sign for this long somebody is no longer listed. */
const GONE_MS = 90_000;
const ENTRIES_MAX = 1_000;
// Far faster than `localeCompare` where many are there.
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** @typedef {{player: number, name: string, bot: boolean, seenAt: number}} Entry */
/** @typedef {{player: number, name: string, bot: boolean, score: number | null, place: number}} Row
 *   `place` 0 and `score` null if they are not known */

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
      this.#entries.set(player, { player, name, bot: this.isBot(player, name), seenAt: now });
    }
  }

  /** Whether a player is one of the game's own. @param {number} player @param {string} name */
  isBot(player, name) {
    return player >= this.#house || (this.#house === Infinity && name.endsWith(' (bot)'));
  }

  /**
   * Everybody known: people before bots, those whose place is known before the others, then by name.
   * @param {number} now milliseconds
   * @param {readonly import('./standings.js').Standing[]} standings
   * @param {ReadonlyMap<number, string> | null} people the connected players, if the server has listed them
   * @param {number} all how many play, bots included; 0 if that is not known
   * @returns {Row[]}
   */
  list(now, standings, people, all) {
    for (const { player, name } of standings) this.sign(player, name, now);
    for (const [player, { seenAt }] of this.#entries) if (now - seenAt > GONE_MS) this.#entries.delete(player);
    const known = new Map(standings.map((row) => [row.player, row]));
    // The numbers of the game's own players follow each other: those above have left.
    const end = people && all > 0 ? this.#house + Math.max(0, all - people.size) : Infinity;
    const seen = [...this.#entries.values()].filter(({ bot, player }) => !people || (bot && player < end));
    const listed = [...(people ?? [])].map(([player, name]) => ({ player, name, bot: false }));
    const rows = [...listed, ...seen].map(({ player, name, bot }) => {
      const { score = null, place = 0 } = known.get(player) ?? {};
      return { player, name, bot, score, place };
    });
    return rows.sort((a, b) => Number(a.bot) - Number(b.bot) || (a.place || Infinity) - (b.place || Infinity) || compare(a.name, b.name));
  }
}
