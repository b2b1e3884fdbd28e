// Colours in CIE 1976 L*a*b*, in which distances are what eyes see as differences.

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, cell, i) => sum + cell * vector[i], 0));

/** @param {number} byte of an sRGB channel; its light, 0 to 1 */
export const lightOf = (byte) => {
  const part = byte / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};

/** L*, a* and b* of linear light, 0 to 1 for each of red, green and blue. */
export function labOfLight(rgb) {
  const [x, y, z] = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb);
  const [fx, fy, fz] = [x / 0.9505, y, z / 1.089].map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** L*, a* and b* of an sRGB colour of three bytes. */
export function labOf(bytes) {
  return labOfLight(bytes.map(lightOf));
}
