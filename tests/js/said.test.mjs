// What the server and the core say, in the reader's language.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { closing } from '../../assets/js/net/closing.js';
import { inWords } from '../../assets/js/arena/said.js';
import { EN } from '../../assets/js/arena/texts/en.js';
import { LANGUAGES } from '../../assets/js/arena/texts/index.js';

const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { said, lab } = EN;

/** Where each sentence is said, and the words for it. */
const SENTENCES = [
  ['server/src/engine/chat_rate.rs', 'wait a few seconds between chat lines', said.hasty],
  ['server/src/engine/tick/wishes.rs', 'that player is not here any more', said.gone],
  ['server/src/engine/tick/wishes.rs', 'too much waits for that player: try again later', said.waits],
  ['server/src/engine/tick/wishes.rs', 'that line is not there any more', said.lineGone],
  ['server/src/engine/tick/membership.rs', 'this name, or one that looks like it, is in use here; choose another', said.nameInUse],
  ['server/src/tickets/refused.rs', 'the ticket is not valid yet; wait a moment and try again', said.ticketEarly],
  ['server/src/tickets/refused.rs', 'the ticket has expired; get a new one', said.ticketExpired],
  ['server/src/tickets/refused.rs', 'the ticket is for another room', said.ticketRoom],
  ['server/src/tickets/refused.rs', 'the ticket lets you watch, not play; join as a spectator', said.ticketRole],
  ['server/src/tickets/refused.rs', 'the ticket has been used; get a new one', said.ticketUsed],
  ['server/src/tickets/refused.rs', 'no further one-time ticket can be taken now; try again later', said.ticketLater],
  ['server/src/net/reader.rs', 'wait some seconds between tickets', said.ticketHasty],
  ['server/src/engine/client.rs', 'the ticket is not for who plays here; join again with it', said.ticketOther],
  ['shared/src/protocol/close.rs', 'the ticket is not valid', said.ticketInvalid],
  ['shared/src/protocol/close.rs', 'you were sent away from this room', said.kicked('')],
  ['shared/src/client/lab/conditions.rs', 'the jitter is more than the latency', lab.jitterTooLong, '; a link is like 100ms'],
];

test('each sentence that the server still says has words of the page', () => {
  for (const [file, sentence, words, more = ''] of SENTENCES) {
    assert.ok(source(file).includes(`"${sentence}"`), `${file} no longer says: ${sentence}`);
    assert.equal(inWords(sentence + more), words, sentence);
  }
});

test('what is filled in is found, and reasons of people stay theirs', () => {
  // As the tests of server and core have them: moderation.rs, bans/tests.rs, conditions.rs.
  assert.equal(inWords('you are muted'), said.muted(0, ''));
  assert.equal(inWords('you are muted for another 2 s'), said.muted(2, ''));
  assert.equal(inWords('you are muted for another 1 s: Wait. Read'), said.muted(1, 'Wait. Read'));
  const until = said.moment.format(new Date('2026-11-26T12:10:00Z'));
  assert.equal(inWords('you are banned until 2026-11-26T12:10:00Z: spam'), said.banned(until, 'spam'));
  assert.equal(inWords('you are banned: spam'), said.banned('', 'spam'));
  assert.equal(inWords('`100` is not a valid latency; a link is like 100ms,jitter=30ms'), lab.invalid('100'));
  assert.equal(inWords('The server refuses this page: it comes from elsewhere.'), said.page('it comes from elsewhere'));
});

test('it is found in the sentences that a close makes of it, too', () => {
  assert.equal(inWords(closing(4020, 'you were sent away from this room: be kind').text), said.kicked('be kind'));
  assert.equal(inWords(closing(4021, 'you are banned').text), said.banned('', ''));
  assert.equal(inWords(closing(1008, '').text), said.closed(1008));
});

test('whatever else is said stays as it is', () => {
  for (const text of ['No door here.', 'you are banned until xZ', 'wait a few seconds', 'you are muted: \n', '']) assert.equal(inWords(text), text);
});

test('every language has a clock of its own for the end of a ban', () => {
  for (const [tag, { texts }] of Object.entries(LANGUAGES)) assert.equal(texts.said.moment.resolvedOptions().locale, tag);
});
