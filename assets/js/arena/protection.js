// What a ship's protection means for its weapons, as in the rules: a press fires and ends it, but who
// held a button while the ship appeared has to let go of it, or wait.

/**
 * @typedef {object} Protection
 * @property {'locked' | 'protected' | 'none'} state `locked`: the weapons do not work yet
 * @property {number} seconds until the weapons work, or until the protection ends by itself
 */

/**
 * @param {number} shield ticks of protection that the ship has left
 * @param {number} protectionTicks of a ship that has just appeared, without those in which it is locked
 * @param {number} tickHz
 * @returns {Protection}
 */
export function protectionOf(shield, protectionTicks, tickHz) {
  if (shield > protectionTicks) return { state: 'locked', seconds: (shield - protectionTicks) / tickHz };
  return { state: shield > 0 ? 'protected' : 'none', seconds: Math.max(0, shield) / tickHz };
}
