// Numbers as words for the player.

import { texts } from './texts/index.js';

/**
 * `3rd of 42`; empty until the place is known.
 * @param {number} place
 * @param {number} players
 */
export function placeText(place, players) {
  return place > 0 ? texts.score.place(place, Math.max(place, players)) : '';
}

/**
 * 12345 becomes `12,345`.
 * @param {number} n
 */
export function points(n) {
  return texts.numbers.format(n);
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
 * `4 kills · 2 deaths · streak 3`; a streak of 1 is not shown.
 * @param {number} kills
 * @param {number} deaths
 * @param {number} streak
 */
export function tally(kills, deaths, streak) {
  const counts = texts.score.tally(kills, deaths);
  return streak > 1 ? `${counts} · ${texts.score.streak(streak)}` : counts;
}

/**
 * The cause of a death: the killer's name and weapon, if known.
 * @param {boolean} killed whether the killer is in the room
 * @param {string | null} name
 * @param {string} [means] `gun` or `rail`
 */
export function blame(killed, name, means = '') {
  const { gone, someone, by, byGun, byRail } = texts.death;
  if (!killed) return gone;
  return (means === 'gun' ? byGun : means === 'rail' ? byRail : by)(name || someone);
}

/**
 * What a death has cost; empty without a streak.
 * @param {number} streak kills since the previous death
 */
export function epitaph(streak) {
  return streak > 1 ? texts.death.streak(streak) : '';
}

/**
 * The announcement of a streak; empty except at a few lengths.
 * @param {number} streak
 * @param {string} name the player's; empty for the own streak
 */
export function streakText(streak, name) {
  if (!name) return texts.streaks.own(streak);
  // Streaks of others are announced only from 5 on, when they concern the whole room.
  return streak >= 5 ? texts.streaks.others(streak, name) : '';
}

/** The clock of the weapons has 16 steps per tick and wraps around after this number of steps. */
const CLOCK_STEPS = 2 ** 31;

/**
 * How far a weapon is charged for its next shot, 0 to 1. As in the rules, a time far ahead counts
 * as long past.
 * @param {number} ready the time from which it is ready, in steps of the clock
 * @param {number} tick the present tick, with its fraction
 * @param {number} pause between two shots, ticks
 */
export function charged(ready, tick, pause) {
  const ahead = (((ready - tick * 16) % CLOCK_STEPS) + CLOCK_STEPS) % CLOCK_STEPS / 16;
  // A tick of tolerance: the rules count the pause in whole sixteenths of a tick.
  return ahead > pause + 1 ? 1 : Math.max(0, 1 - ahead / pause);
}

/**
 * A player's name beside its ship.
 * @param {string | null} name null if it is not known yet
 * @param {boolean} away whether the player's connection is lost
 */
export function nameTag(name, away) {
  return name !== null && away ? texts.score.away(name) : name;
}
