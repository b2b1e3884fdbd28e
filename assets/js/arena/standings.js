// Who stands where: the leaders that the server sent last, with the own player as of now.

/** @typedef {{player: number, name: string, score: number}} Leader */
/** @typedef {Leader & {place: number, own: boolean}} Standing */

/**
 * The places that are known, best first. Board, list of players and the score to beat all follow from it.
 * @param {readonly Leader[]} leaders nobody while no list has come
 * @param {Leader & {place: number} | null} own with the place of the last ranking; null for a spectator
 * @returns {Standing[]}
 */
export function standings(leaders, own) {
  if (leaders.length === 0) return [];
  const others = leaders.filter(({ player }) => player !== own?.player);
  // As in the rules: equal scores in the order of the players' numbers.
  const all = (own ? [...others, own] : others).sort((a, b) => b.score - a.score || a.player - b.player);
  const rows = all.map((row, i) => ({ player: row.player, name: row.name, score: row.score, place: i + 1, own: row === own }));
  const last = rows.at(-1);
  // Those between the leaders and the own player are not on the list.
  if (own && last?.own) last.place = Math.max(last.place, own.place);
  return rows;
}

/**
 * The best, and the own player below them if it is not among them.
 * @param {readonly Standing[]} rows
 * @param {number} bestMax how many of the best
 */
export function shortened(rows, bestMax) {
  return rows.filter((row, i) => i < bestMax || row.own);
}

/** The own player's place; 0 while it is not known, and for a spectator. @param {readonly Standing[]} rows */
export function ownPlace(rows) {
  return rows.find((row) => row.own)?.place ?? 0;
}
