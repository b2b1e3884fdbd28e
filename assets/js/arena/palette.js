// Every colour of the canvas. style.css uses the same values for the page.
//
// Own is cyan, others are amber, danger is magenta. The three are far apart for people without red,
// green or blue cones as well as for all others (tests/js/palette.test.mjs computes it after
// Viénot, Brettel and Mollon 1999), and each has a contrast of at least 5 to 1 against space.
// Nothing depends on colour only: hulls differ in shape, protection is dashed, pickups bear signs.

export const PALETTE = Object.freeze({
  space: '#070a14',
  outside: '#04060c',
  own: '#54e3ff',
  other: '#ffb454',
  danger: '#ff4b8b',
  calm: '#8d9bb8',
  text: '#e8eefb',
  line: '#1a2440',
  lineStrong: '#263357',
  hull: '#0d1424',
  rockFill: '#2a3450',
  rockShade: '#0e1322',
  rockEdge: '#6f84b8',
  repair: '#f2f6ff',
  energy: '#8ab4ff',
  overdrive: '#ffe066',
  truth: '#b6ffd8',
});

/** The colour with this opacity, for CSS and 2D canvases. */
export function fade(colour, alpha) {
  const value = Number.parseInt(colour.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`;
}

/**
 * A colour in the format of sprites: red in the lowest byte, then green and blue.
 * @param {string} colour as `#rrggbb`
 * @returns {number}
 */
export function tint(colour) {
  const value = Number.parseInt(colour.slice(1), 16);
  return (value >> 16) | (value & 0xff00) | ((value & 255) << 16);
}

/**
 * A tint with its opacity in the highest byte. The result may be negative; only its bits count.
 * @param {number} rgb of `tint`
 * @param {number} alpha 0 to 1
 * @returns {number}
 */
export function ink(rgb, alpha) {
  const byte = alpha <= 0 ? 0 : alpha >= 1 ? 255 : (alpha * 255 + 0.5) | 0;
  return rgb | (byte << 24);
}

/**
 * Mixes two tints.
 * @param {number} from of `tint`
 * @param {number} to of `tint`
 * @param {number} share 0 gives `from`, 1 gives `to`
 */
export function mix(from, to, share) {
  let mixed = 0;
  for (let shift = 0; shift < 24; shift += 8) {
    const low = (from >> shift) & 255;
    mixed |= Math.round(low + (((to >> shift) & 255) - low) * share) << shift;
  }
  return mixed;
}

/** The palette as tints. */
export const TINT = Object.freeze(
  /** @type {Record<keyof typeof PALETTE, number>} */ (
    Object.fromEntries(Object.entries(PALETTE).map(([name, colour]) => [name, tint(colour)]))
  ),
);
