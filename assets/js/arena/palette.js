// Every colour of the canvas. The page's own (style.css) are the same values.
//
// Own is cyan, others are amber, danger is magenta: told apart by any eye, and by lightness too.

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
  rockFill: '#1b2338',
  rockShade: '#121829',
  rockEdge: '#54658f',
  repair: '#f2f6ff',
  energy: '#8ab4ff',
  overdrive: '#ffe066',
});

/** The same colour with this much of it left. */
export function fade(colour, alpha) {
  const value = Number.parseInt(colour.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`;
}
