// The round that a tick belongs to. It follows from the map and the tick alone, as in the rules.

/** @typedef {{play_ticks: number, podium_ticks: number}} RoundRule */

/**
 * @param {RoundRule | undefined} rule
 * @param {number} tick
 * @returns {{over: boolean, ends: number, next: number} | null} whether the podium is there, the tick at
 *   which it comes or came, and that of the next round; null without rounds
 */
export function roundAt(rule, tick) {
  if (!rule?.play_ticks) return null;
  const start = tick - (tick % (rule.play_ticks + rule.podium_ticks));
  const ends = start + rule.play_ticks;
  return { over: tick >= ends, ends, next: ends + rule.podium_ticks };
}
