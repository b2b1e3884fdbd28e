// A page that is older than its server is loaded again, once; guard.js knows how.

/** @type {{renew(): boolean, settle(): void, fail(text?: string): void}} */
export const guard = /** @type {any} */ (window).guard;

/**
 * Whether a state of the session has the page loaded again: nothing more needs to be shown.
 * @param {import('../net/types.js').State} state
 */
export function renews({ name, then }) {
  if (name === 'playing') guard.settle();
  return name === 'ended' && then === 'reload' && guard.renew();
}
