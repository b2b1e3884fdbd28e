// Every colour of the canvas. style.css uses the same values for the page.
//
// One colour has one meaning: cyan is one's own, magenta is what hurts oneself, gold leads the room,
// violet is overdrive, grey-blue is what everybody bounces off. The others have a hue each, none of
// them near those. They are apart for people without red, green or blue cones as well as for all
// others (tests/js/palette.test.mjs computes it after Viénot, Brettel and Mollon 1999), and have a
// contrast of at least 5 to 1 against space. Nothing depends on colour only: hulls and shots differ
// in shape, protection is dashed, pickups bear signs.

export const PALETTE = Object.freeze({
  space: '#070a14',
  outside: '#04060c',
  own: '#54e3ff',
  danger: '#ff4b8b',
  lead: '#ffe066',
  overdrive: '#b48cff',
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
  truth: '#b6ffd8',
});

/** The hues of other players. */
export const HUES = Object.freeze(['#ffb454', '#b7e04c', '#ff9d9d', '#57c95f', '#f0dcc0', '#ff7a3c', '#a3ac4a', '#c08f62']);

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

/** The hues as tints. */
export const HUE_TINTS = Object.freeze(HUES.map(tint));
