// When a round begins and ends: it follows from the tick alone, as in the rules
// (shared/games/arena/src/rounds.rs).

/** The lengths of a room's rounds, ticks: of play (0 without rounds), of the podium, and of the truce in the
 * next round.
 * @typedef {{play_ticks: number, podium_ticks: number, truce_ticks: number}} Rounds */

/**
 * Where a tick is within the rounds; null without rounds.
 * @param {Rounds | undefined} rounds of the welcome's map
 * @param {number} tick
 * @returns {{number: number, ends: number, next: number, over: boolean, truce: boolean} | null} the number of the
 *   round, from 1, the ticks at which its podium and the next round begin, whether the podium stands, and
 *   whether nobody fires
 */
export function roundAt(rounds, tick) {
  if (!rounds || rounds.play_ticks === 0) return null;
  const { play_ticks: play, podium_ticks: podium, truce_ticks: truce } = rounds;
  const at = tick % (play + podium);
  const number = 1 + Math.floor(tick / (play + podium));
  const over = at >= play;
  return { number, ends: tick - at + play, next: tick - at + play + podium, over, truce: over || (number > 1 && at < truce) };
}
