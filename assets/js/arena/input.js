// Arena's controls as the rules take them: the bits of the buttons, and the bytes.

export const THRUST = 1;
/** Accelerates harder as long as there is energy; goes with thrust. */
export const BOOST = 2;
export const FIRE = 4;
export const RAIL = 8;

/**
 * Arena's `Input` as bincode: three single bytes.
 * @param {number} steer 0 to 255
 * @param {number} aim 0 to 255
 * @param {number} buttons bits
 */
export function encodeInput(steer, aim, buttons) {
  return Uint8Array.of(steer, aim, buttons);
}
