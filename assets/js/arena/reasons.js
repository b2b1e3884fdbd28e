// Why the player is not playing: a headline, the cause in a sentence, and the exits that fit it.

import { inWords } from './said.js';
import { texts } from './texts/index.js';

/** @typedef {import('../net/types.js').State} State */
/** An exit: connect again, play here or in another room, watch instead, load the page again.
 * @typedef {'again' | 'now' | 'here' | 'elsewhere' | 'play' | 'watch' | 'reload'} Exit */
/** @typedef {keyof typeof import('./texts/en.js').EN.reasons.why} Why */

/** The exits of each cause, the best first; the title is one everywhere.
 * @type {Record<Why, readonly Exit[]>} */
const EXITS = {
  silent: ['now'],
  broken: ['now'],
  unreachable: ['now'],
  stopped: ['now'],
  room_failed: ['now'],
  slow: ['now'],
  // The server lets nobody in, so no other room would help.
  closed: ['now'],
  all_full: ['now', 'watch'],
  full: ['elsewhere', 'watch'],
  locked: ['elsewhere', 'watch'],
  no_room: ['elsewhere'],
  no_spectating: ['play'],
  no_spectators: ['play', 'now'],
  address_rooms: ['now'],
  address_seats: ['now'],
  room_closed: ['elsewhere'],
  room_name: ['elsewhere'],
  evicted: ['elsewhere'],
  old: ['reload'],
  page: ['again'],
  idle: ['again'],
  flooding: ['again'],
  refused: ['elsewhere', 'watch'],
  taken_over: ['here'],
  needs_ticket: ['again'],
  ticket_ended: ['again'],
  ticket_refused: ['again'],
  kicked: ['elsewhere'],
  banned: [],
  ended: ['again'],
};

/** The server's own words say more: until when, or why. */
const SAID = ['page', 'refused', 'ticket_refused', 'kicked', 'banned', 'ended'];

/**
 * @param {State} state `waiting` or `ended`
 * @param {boolean} spectates whether it was to watch
 * @returns {{head: string, text: string, exits: readonly Exit[]}}
 */
export function explain({ name, why = 'ended', text = '' }, spectates) {
  const known = /** @type {Why} */ (why in EXITS ? why : 'ended');
  const { head, text: own } = texts.reasons.why[known];
  const exits = EXITS[known].filter((exit) => !(exit === 'watch' && spectates) && !(exit === 'now' && name === 'ended'));
  return { head, text: SAID.includes(known) && text ? inWords(text) : own, exits };
}
