// What a WebSocket close code means for a player.

// Codes after which trying again by itself is right: the network, a restart, a full server.
const PASSING = new Set([1001, 1005, 1006, 1011, 1012, 1013, 4002, 4003, 4004]);
// Codes after which something else has to be done first.
/** @type {Map<number, 'reload' | 'elsewhere'>} */
const OTHERWISE = new Map([[4001, 'reload'], [4005, 'elsewhere'], [4007, 'elsewhere']]);
const FULL_WAIT_MS = 3_000;

/** @type {Record<number, string>} */
const OWN_WORDS = {
  4001: 'This page is older than the server. Reload it.',
  4006: 'You were idle too long and gave up your place.',
};

/**
 * @param {number} code as in RFC 6455, 7.4; 4000 and up are Drumbeat's
 * @param {string} reason the server's words
 * @param {boolean} [opened] whether the connection had been open
 * @returns {{then: 'retry' | 'ask' | 'reload' | 'elsewhere', text: string, wait: number, offer: 'wait' | 'elsewhere'}}
 *   what to do by itself or to offer, what to tell, the shortest wait before a retry in milliseconds
 *   and what to offer meanwhile
 */
export function closing(code, reason, opened = false) {
  const then = OTHERWISE.get(code) ?? (PASSING.has(code) ? 'retry' : 'ask');
  // A page is not told why it was refused: nothing listens, another origin, an older protocol.
  const broken = opened ? 'The connection was lost.' : 'Can’t reach the server.';
  const own = code === 1006 ? broken : OWN_WORDS[code];
  const text = own ?? (sentence(reason) || `The connection was closed (code ${code}).`);
  return { then, text, wait: code === 1013 ? FULL_WAIT_MS : 0, offer: code === 1013 ? 'elsewhere' : 'wait' };
}

/** @param {string} text */
function sentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const upper = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
