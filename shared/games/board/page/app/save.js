// The board as a picture in a file.

import { COLOURS, FONT, INK, NOTE, NOTE_MARGIN, SPACE, WIDTHS } from './palette.js';
import { drawNote, layText } from './paint.js';
import { linePath } from './shapes.js';
import { drawLine } from './tiles.js';

/** Space around everything, units; the longest side of a PNG, and its area, pixels: what browsers of phones
 * can make. */
const [MARGIN, SIDE_MAX, AREA_MAX] = [40, 8_192, 16_000_000];

/** What is in the picture. @param {import('./objects.js').Objects} objects */
function frameOf(objects) {
  const box = objects.box ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const [x, y] = [Math.floor(box.left - MARGIN), Math.floor(box.top - MARGIN)];
  return { x, y, width: Math.ceil(box.right + MARGIN) - x, height: Math.ceil(box.bottom + MARGIN) - y };
}

/** @param {import('./objects.js').Objects} objects @returns {HTMLCanvasElement} */
export function toPicture(objects) {
  const { x, y, width, height } = frameOf(objects);
  const scale = Math.min(2, SIDE_MAX / width, SIDE_MAX / height, Math.sqrt(AREA_MAX / width / height));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = SPACE;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
  for (const line of objects.ordered) drawLine(pen, line, line.points);
  for (const note of objects.notes.values()) drawNote(pen, note);
  return canvas;
}

/**
 * @param {import('./objects.js').Objects} objects
 * @param {CanvasRenderingContext2D} pen measures texts
 */
export function toSvg(objects, pen) {
  const { x, y, width, height } = frameOf(objects);
  const lines = objects.ordered.map(({ points, step, colour, width }) => `<path d="${linePath(points, step)}" stroke="${COLOURS[colour]}" stroke-width="${WIDTHS[width]}"/>`);
  const notes = [...objects.notes.values()].map((note) => {
    const { lines, size } = layText(pen, note.text);
    const spans = lines.map((line, n) => `<tspan x="${note.x + NOTE_MARGIN}" y="${note.y + NOTE_MARGIN + (n + 0.8) * size * 1.25}">${escape(line)}</tspan>`);
    return `<g><rect x="${note.x}" y="${note.y}" width="${NOTE}" height="${NOTE}" fill="${COLOURS[note.colour]}"/><text font-size="${size}">${spans.join('')}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}">
<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${SPACE}"/>
<g fill="none" stroke-linecap="round" stroke-linejoin="round">
${lines.join('\n')}
</g>
<g font-family='${FONT}' font-weight="600" fill="${INK}">
${notes.join('\n')}
</g>
</svg>
`;
}

/** Has the browser save a file. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
