// Numbers as words for the player.

/** @type {Record<string, string>} */
const ENDINGS = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const grouped = new Intl.NumberFormat('en');

/**
 * 1 becomes `1st`.
 * @param {number} n
 */
export function ordinal(n) {
  return `${n}${ENDINGS[ordinals.select(n)]}`;
}

/**
 * `3rd of 42`; nothing before the place is known.
 * @param {number} place
 * @param {number} players
 */
export function placeText(place, players) {
  return place > 0 ? `${ordinal(place)} of ${Math.max(place, players)}` : '';
}

/**
 * 12345 becomes `12,345`.
 * @param {number} n
 */
export function points(n) {
  return grouped.format(n);
}

/**
 * Whole seconds left until a tick, rounded up.
 * @param {number} tick
 * @param {number} now the present tick
 * @param {number} tickHz
 */
export function secondsUntil(tick, now, tickHz) {
  return Math.max(0, Math.ceil((tick - now) / tickHz));
}

/**
 * `4 kills · 2 deaths · streak 3`; a streak counts from 2.
 * @param {number} kills
 * @param {number} deaths
 * @param {number} streak
 */
export function tally(kills, deaths, streak) {
  const parts = [counted(kills, 'kill'), counted(deaths, 'death')];
  if (streak > 1) parts.push(`streak ${streak}`);
  return parts.join(' · ');
}

/**
 * `1 event was missed`.
 * @param {number} events
 */
export function missedText(events) {
  return `${counted(events, 'event')} ${events === 1 ? 'was' : 'were'} missed`;
}

/**
 * Who is to blame for a death, by name if the name is known, and with what if that is.
 * @param {boolean} killed whether there is anybody to blame
 * @param {string | null} name
 * @param {string} [means] `gun` or `rail`
 */
export function blame(killed, name, means = '') {
  if (!killed) return 'Nobody to blame';
  return `by ${name || 'another player'}${means ? `, with the ${means}` : ''}`;
}

/**
 * What a death has cost; nothing without a streak.
 * @param {number} streak kills since the death before
 */
export function epitaph(streak) {
  return streak > 1 ? `Your streak ended at ${streak}` : '';
}

const STREAKS = new Map([[3, 'Three in a row'], [5, 'Five in a row'], [10, 'Ten in a row'], [15, 'Fifteen in a row'], [20, 'Unstoppable']]);

/**
 * What is called out of a streak, at a few lengths only; nothing at the others.
 * @param {number} streak
 * @param {string} name whose it is; empty for the own one
 */
export function streakText(streak, name) {
  const words = STREAKS.get(streak);
  if (!words) return '';
  if (!name) return `${words}!`;
  // Of others only what concerns the whole room.
  return streak >= 5 ? `${name}: ${words.toLowerCase()}` : '';
}

/** The clock of the weapons has 16 steps a tick, and wraps around after so many. */
const CLOCK_STEPS = 2 ** 31;

/**
 * How far a weapon is on the way to its next shot, from 0 to 1. As in the rules, a time that is far
 * ahead has come long ago.
 * @param {number} ready the time from which it is ready, steps of the clock
 * @param {number} tick the present, with its fraction
 * @param {number} pause between two shots, ticks
 */
export function charged(ready, tick, pause) {
  const ahead = (((ready - tick * 16) % CLOCK_STEPS) + CLOCK_STEPS) % CLOCK_STEPS / 16;
  // The pause is in whole ticks here.
  return ahead > pause + 1 ? 1 : Math.max(0, 1 - ahead / pause);
}

/**
 * The rows of the leaderboard: the best, and the own row behind them if it is not among them.
 * @param {{player: number, name: string, score: number}[]} leaders
 * @param {{player: number, name: string, score: number, place: number}} own
 * @param {number} rowsMax
 */
export function boardRows(leaders, own, rowsMax) {
  const rows = leaders.slice(0, rowsMax).map((leader, i) => ({ ...leader, place: i + 1, own: leader.player === own.player }));
  if (own.place > 0 && !rows.some((row) => row.own)) rows.push({ ...own, own: true });
  return rows;
}

/**
 * @param {number} n
 * @param {string} word
 */
function counted(n, word) {
  return `${points(n)} ${word}${n === 1 ? '' : 's'}`;
}
