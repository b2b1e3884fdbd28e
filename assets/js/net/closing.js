// What a WebSocket close code means for a player.

// The codes that the server sends, and what follows: a retry where the cause passes (a restart, a
// full server), another action where it must come first, a fresh ticket where that may help;
// otherwise the player decides.
// tests/vectors/closes.json lists the codes.
/** @type {Map<number, 'retry' | 'ask' | 'here' | 'reload' | 'elsewhere' | 'ticket'>} */
export const SENT = new Map([
  [1001, 'retry'],
  [1002, 'ask'],
  [1003, 'ask'],
  [1005, 'retry'],
  [1007, 'ask'],
  [1008, 'ask'],
  [1009, 'ask'],
  [1011, 'retry'],
  [1013, 'retry'],
  [4001, 'reload'],
  [4002, 'retry'],
  [4003, 'retry'],
  [4004, 'retry'],
  [4005, 'elsewhere'],
  [4006, 'ask'],
  [4007, 'elsewhere'],
  [4008, 'ask'],
  [4009, 'here'],
  [4010, 'ticket'],
  [4011, 'ticket'],
  [4012, 'ask'],
  [4020, 'ask'],
  [4021, 'ask'],
]);
// Codes of the browser for a broken connection, and of proxies for a restart.
const OF_THE_PATH = new Set([1006, 1012]);
const FULL_WAIT_MS = 3_000;
/** How the server says when to come back, at the end of its reason, and the longest time that it may
 * ask for. tests/vectors/come_back.json has examples. */
const COME_BACK = /; come back in (\d+) ms$/;
const COME_BACK_MS_MAX = 600_000;

/** Why a connection ended, in a word for pages that say it in words of their own. Where several reasons
 * share a code, the server's text tells them apart.
 * @type {readonly [number, RegExp, string][]} */
export const WHY = Object.freeze([
  [1001, /room was closed/, 'room_closed'],
  [1001, /^/, 'stopped'],
  [1006, /^/, 'broken'],
  [1008, /too many/, 'flooding'],
  [1011, /^/, 'room_failed'],
  [1012, /^/, 'stopped'],
  [1013, /shutting down|being closed/, 'stopped'],
  [1013, /nobody new/, 'closed'],
  [1013, /locked/, 'locked'],
  [1013, /address.*rooms/, 'address_rooms'],
  [1013, /address/, 'address_seats'],
  [1013, /turned off/, 'no_spectating'],
  [1013, /spectator seat/, 'no_spectators'],
  [1013, /every room/, 'all_full'],
  [1013, /too many rooms|another room/, 'no_room'],
  [1013, /^/, 'full'],
  [4001, /^/, 'old'],
  [4003, /^/, 'slow'],
  [4004, /^/, 'slow'],
  [4005, /^/, 'room_name'],
  [4006, /^/, 'idle'],
  [4007, /^/, 'evicted'],
  [4008, /^/, 'refused'],
  [4009, /^/, 'taken_over'],
  [4010, /^/, 'needs_ticket'],
  [4011, /^/, 'ticket_ended'],
  [4012, /^/, 'ticket_refused'],
  [4020, /^/, 'kicked'],
  [4021, /^/, 'banned'],
]);

/** @type {Record<number, string>} */
const OWN_WORDS = {
  4001: 'This page is older than the server. Reload it.',
  4006: 'You were idle too long and gave up your seat.',
  4009: 'You play on in another window or tab.',
};

/**
 * @param {number} code as in RFC 6455, 7.4; 4000 and up are Drumbeat's
 * @param {string} reason the server's words
 * @param {boolean} [opened] whether the connection had been open
 * @returns {{then: 'retry' | 'ask' | 'here' | 'reload' | 'elsewhere' | 'ticket', text: string, wait: number, asked: boolean, offer: 'wait' | 'elsewhere', why: string}}
 *   what to do automatically or to offer, the text for the player, the shortest wait before a
 *   retry in milliseconds and whether the server asks for it, what to offer meanwhile, and why in a word
 */
export function closing(code, reason, opened = false) {
  const then = SENT.get(code) ?? (OF_THE_PATH.has(code) ? 'retry' : 'ask');
  // A browser does not say why it can't connect: nothing listens, another origin, an older
  // protocol.
  const broken = opened ? 'The connection was lost.' : 'Can’t reach the server.';
  const own = code === 1006 ? broken : OWN_WORDS[code];
  const comeBack = comeBackMs(reason);
  const said = comeBack === null ? reason : reason.replace(COME_BACK, '');
  const text = own ?? (sentence(said) || `The connection was closed (code ${code}).`);
  const wait = comeBack ?? (code === 1013 ? FULL_WAIT_MS : 0);
  const why = code === 1006 && !opened ? 'unreachable' : WHY.find(([known, says]) => known === code && says.test(reason))?.[2] ?? 'ended';
  return { then, text, wait, asked: comeBack !== null, offer: code === 1013 ? 'elsewhere' : 'wait', why };
}

/**
 * How long to wait before the next connection, milliseconds, if the reason says so.
 * @param {string} reason
 */
export function comeBackMs(reason) {
  const found = COME_BACK.exec(reason);
  const wait = found && Number(found[1]);
  return wait !== null && wait <= COME_BACK_MS_MAX ? wait : null;
}

/** @param {string} text */
function sentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const upper = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
