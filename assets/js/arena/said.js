// What the server and the core say in English, in the reader's language. Words of people stay as they
// are: reasons that those who run a server give, what rules answer to a command, names ("Guest 3",
// "Vega (bot)"), which everybody must be able to type. So does what only authors and operators can mend.

import { texts } from './texts/index.js';

const { said, lab } = texts;

/** @type {readonly [RegExp, (...found: string[]) => string][]} */
const SAID = [
  [/^wait a few seconds between chat lines$/, () => said.hasty],
  [/^that player is not here any more$/, () => said.gone],
  [/^too much waits for that player: try again later$/, () => said.waits],
  [/^that line is not there any more$/, () => said.lineGone],
  [/^you are muted(?: for another (\d+) s)?(?:: (.*))?$/, (seconds, why) => said.muted(Number(seconds ?? 0), why ?? '')],
  [/^you are banned(?: until (\d{4}-\d\d-\d\dT[\d:.]+Z))?(?:: (.*))?$/, (until, why) => said.banned(until ? said.moment.format(new Date(until)) : '', why ?? '')],
  [/^you were sent away from this room(?:: (.*))?$/, (why) => said.kicked(why ?? '')],
  [/^this name, or one that looks like it, is in use here; choose another$/, () => said.nameInUse],
  [/^the ticket is not valid yet; wait a moment and try again$/, () => said.ticketEarly],
  [/^the ticket has expired; get a new one$/, () => said.ticketExpired],
  [/^the ticket is for another room$/, () => said.ticketRoom],
  [/^the ticket lets you watch, not play; join as a spectator$/, () => said.ticketRole],
  [/^the ticket has been used; get a new one$/, () => said.ticketUsed],
  [/^the ticket is not valid$/, () => said.ticketInvalid],
  [/^wait some seconds between tickets$/, () => said.ticketHasty],
  [/^the ticket is not for who plays here; join again with it$/, () => said.ticketOther],
  [/^no further one-time ticket can be taken now; try again later$/, () => said.ticketLater],
  [/^the server refuses this page: (.*)$/, (why) => said.page(why)],
  [/^the connection was closed \(code (\d+)\)$/, (code) => said.closed(code)],
  [/^`(.*)` is not a valid [a-z ]+;/, (part) => lab.invalid(part)],
  [/^the jitter is more than the latency;/, () => lab.jitterTooLong],
];

/**
 * A text of the server or the core in the reader's language; as it is if that has no words for it.
 * @param {string} text with or without the full stop and the capital of a sentence
 */
export function inWords(text) {
  const plain = text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
  for (const [pattern, words] of SAID) {
    const found = pattern.exec(plain);
    if (found) return words(...found.slice(1));
  }
  return text;
}
