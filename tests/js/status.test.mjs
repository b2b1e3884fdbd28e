// What a player reads when the connection is not there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { WHY, closing } from '../../assets/js/net/closing.js';
import { explain } from '../../assets/js/arena/reasons.js';
import { EN } from '../../assets/js/arena/texts/en.js';

const { why: words } = EN.reasons;
const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** What the server sends, by label: code and text. */
function sent() {
  const table = source('shared/src/protocol/close.rs');
  const all = [...table.matchAll(/^ {4}\w+ = (\w+), "(\w+)",\n\s+"([^"]*)";/gm)];
  return new Map(all.map(([, code, label, text]) => [label, { code: Number(code), text }]));
}

test('every reason of the server has words of its own', () => {
  const expected = {
    shutting_down: 'stopped', room_closed: 'room_closed', out_of_place: 'ended', flooding: 'flooding', room_failed: 'room_failed',
    full: 'full', no_spectators: 'no_spectators', address_seats: 'address_seats', address_rooms: 'address_rooms', out_of_date: 'old',
    idle: 'slow', too_slow: 'slow', bad_room_name: 'room_name', afk: 'idle', evicted: 'evicted', refused: 'refused',
    taken_over: 'taken_over', needs_ticket: 'needs_ticket', ticket_ended: 'ticket_ended', ticket_refused: 'ticket_refused',
    kicked: 'kicked', banned: 'banned',
  };
  const reasons = sent();
  for (const [label, why] of Object.entries(expected)) {
    const { code, text } = reasons.get(label);
    assert.equal(closing(code, text).why, why, label);
  }
  // The others are a program's mistakes, not a player's affair.
  const others = [...reasons.keys()].filter((label) => !(label in expected)).sort();
  assert.deepEqual(others, ['left', 'malformed', 'no_hello', 'not_binary', 'protocol', 'too_big']);
});

test('what the server says of full rooms is told apart', () => {
  const lobby = ['lobby', 'directory', 'draining'].map((file) => source(`server/src/rooms/${file}.rs`)).join('').replace(/\s*\n\s*/g, ' ');
  const check = (text, why) => {
    assert.ok(lobby.includes(`"${text}"`), `the server no longer says: ${text}`);
    assert.equal(closing(1013, text).why, why, text);
  };
  check('every room is full; try again later', 'all_full');
  check('spectating is turned off on this server; join to play', 'no_spectating');
  check('no room has a spectator seat left; try again later, or join to play', 'no_spectators');
  check('this room is locked: it lets no new players in; join another', 'locked');
  check('the server cannot open another room; join an open one or try again later', 'no_room');
  check('this server lets nobody new in for now; try again later', 'closed');
  check('the server is shutting down and lets nobody new in; try again in a moment', 'stopped');
});

test('every word that the net has for a cause is known to the page', () => {
  for (const why of [...WHY.map(([, , why]) => why), 'unreachable', 'silent', 'page', 'ended']) assert.ok(words[why], why);
});

test('the exits fit the cause', () => {
  const exits = (why, name = 'ended', spectates = false) => explain({ name, why }, spectates).exits;
  assert.deepEqual(exits('all_full', 'waiting'), ['now', 'watch']);
  assert.ok(!exits('all_full', 'waiting').includes('elsewhere'));
  assert.deepEqual(exits('full', 'waiting', true), ['elsewhere']);
  assert.deepEqual(exits('no_spectating', 'ended', true), ['play']);
  assert.deepEqual(exits('taken_over'), ['here']);
  assert.deepEqual(exits('old'), ['reload']);
  assert.deepEqual(exits('banned'), []);
});

test('the server\'s own words are shown where they say more', () => {
  assert.equal(explain({ name: 'ended', why: 'banned', text: 'You are banned until noon.' }, false).text, 'You are banned until noon.');
  assert.equal(explain({ name: 'ended', why: 'full', text: 'The room is full; join another.' }, false).text, words.full.text);
  assert.equal(explain({ name: 'ended', why: 'something new', text: 'New.' }, false).text, 'New.');
});
