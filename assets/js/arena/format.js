// Numbers as words for the player.

const ENDINGS = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const grouped = new Intl.NumberFormat('en');

/** 1 becomes `1st`. */
export function ordinal(n) {
  return `${n}${ENDINGS[ordinals.select(n)]}`;
}

/** `3rd of 42`; nothing before the place is known. */
export function placeText(place, players) {
  return place > 0 ? `${ordinal(place)} of ${Math.max(place, players)}` : '';
}

/** 12345 becomes `12,345`. */
export function points(n) {
  return grouped.format(n);
}

/** Whole seconds left until a tick, rounded up. */
export function secondsUntil(tick, now, tickHz) {
  return Math.max(0, Math.ceil((tick - now) / tickHz));
}

/** `4 kills · 2 deaths · streak 3`; a streak counts from 2. */
export function tally(kills, deaths, streak) {
  const parts = [counted(kills, 'kill'), counted(deaths, 'death')];
  if (streak > 1) parts.push(`streak ${streak}`);
  return parts.join(' · ');
}

/** `1 event was missed`. */
export function missedText(events) {
  return `${counted(events, 'event')} ${events === 1 ? 'was' : 'were'} missed`;
}

/** Who is to blame for a death: by name, if there is anybody and the name is known. */
export function blame(killed, name) {
  if (!killed) return 'Nobody to blame';
  return name ? `by ${name}` : 'by another player';
}

/** The rows of the leaderboard: the best, and the own row behind them if it is not among them. */
export function boardRows(leaders, own, rowsMax) {
  const rows = leaders.slice(0, rowsMax).map((leader, i) => ({ ...leader, place: i + 1, own: leader.player === own.player }));
  if (own.place > 0 && !rows.some((row) => row.own)) rows.push({ ...own, own: true });
  return rows;
}

function counted(n, word) {
  return `${points(n)} ${word}${n === 1 ? '' : 's'}`;
}
