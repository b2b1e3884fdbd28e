// The picture: the sheet with lines and notes below, and over it what belongs to nobody's board:
// cursors, what is selected, the frame of a selection.

import { COLOURS, DOTS, FONT, INK, NOTE, NOTE_MARGIN, OWN, SIDE, SPACE } from './palette.js';
import { overlap } from './shapes.js';
import { drawLine } from './tiles.js';

/** Sizes of a note's text, units; the first that fits. */
const SIZES = [26, 22, 18, 15, 12, 10];
const LINE_HEIGHT = 1.25;
/** Distance of the dots on the board, units, where they are not too near each other. */
const DOT = 32;

/** @typedef {CanvasRenderingContext2D} Pen */

/** The lines of a note's text and their size, by text.
 * @type {Map<string, {lines: string[], size: number}>} */
const laid = new Map();

/** @param {Pen} pen @param {string} text */
export function layText(pen, text) {
  const known = laid.get(text);
  if (known) return known;
  if (laid.size > 2_000) laid.clear();
  const width = NOTE - 2 * NOTE_MARGIN;
  let result = { lines: [''], size: SIZES[0] };
  for (const size of SIZES) {
    pen.font = `600 ${size}px ${FONT}`;
    const lines = text.split('\n').flatMap((line) => wrap(pen, line, width));
    result = { lines, size };
    if (lines.length * size * LINE_HEIGHT <= width) break;
  }
  laid.set(text, result);
  return result;
}

/** Breaks a line where it is too long, within a word if need be. */
function wrap(pen, line, width) {
  const lines = [''];
  for (const word of line.split(/(?<=[ -])/)) {
    if (pen.measureText(lines.at(-1) + word.trimEnd()).width <= width) lines[lines.length - 1] += word;
    else if (pen.measureText(word).width <= width) lines.push(word);
    else for (const letter of word) {
      if (pen.measureText(lines.at(-1) + letter).width <= width) lines[lines.length - 1] += letter;
      else lines.push(letter);
    }
  }
  return lines;
}

/** @param {Pen} pen @param {{colour: number, x: number, y: number, text: string}} note */
export function drawNote(pen, { colour, x, y, text }) {
  pen.fillStyle = 'rgb(0 0 0 / 35%)';
  pen.fillRect(x + 4, y + 6, NOTE, NOTE);
  pen.fillStyle = COLOURS[colour];
  pen.fillRect(x, y, NOTE, NOTE);
  const { lines, size } = layText(pen, text);
  Object.assign(pen, { font: `600 ${size}px ${FONT}`, fillStyle: INK, textAlign: 'left', textBaseline: 'top' });
  pen.save();
  pen.beginPath();
  pen.rect(x, y, NOTE, NOTE);
  pen.clip();
  lines.forEach((line, n) => pen.fillText(line, x + NOTE_MARGIN, y + NOTE_MARGIN + n * size * LINE_HEIGHT));
  pen.restore();
}

/**
 * Lines and notes. The result is the same whatever the page did before.
 * @param {Pen} pen
 * @param {import('./camera.js').Camera} camera
 * @param {import('./board.js').Board} board
 * @param {string | null} hidden a note that is being written
 * @returns {boolean} whether the picture is complete
 */
export function paintSheet(pen, camera, board, hidden) {
  const { scale, left, top, box } = camera;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = SPACE;
  pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
  paintPaper(pen, camera);
  let resting = null;
  const complete = board.tiles.paint(pen, camera, () => (resting ??= board.resting));
  pen.setTransform(scale, 0, 0, scale, -left, -top);
  for (const line of board.moving) shifted(pen, board.offset(line.key), () => drawLine(pen, line, line.points));
  for (const draft of board.drafts) drawLine(pen, draft, draft.shown);
  for (const note of board.objects.notes.values()) {
    const by = board.offset(note.key);
    const isSeen = by.x || by.y || overlap(note.box, { left: box.left - 10, top: box.top - 10, right: box.right, bottom: box.bottom });
    if (isSeen && note.key !== hidden) shifted(pen, by, () => drawNote(pen, note));
  }
  return complete;
}

/** The dots on the board, and its edge. */
function paintPaper(pen, { zoom, scale, density, left, top, box }) {
  let step = DOT;
  while (step * zoom < 18) step *= 2;
  pen.fillStyle = DOTS;
  const side = Math.max(2, Math.round(2 * density));
  const first = (at) => Math.max(0, Math.ceil(at / step)) * step;
  for (let x = first(box.left); x <= Math.min(SIDE, box.right); x += step) {
    for (let y = first(box.top); y <= Math.min(SIDE, box.bottom); y += step) {
      pen.fillRect(Math.round(x * scale - left - side / 2), Math.round(y * scale - top - side / 2), side, side);
    }
  }
  Object.assign(pen, { strokeStyle: DOTS, lineWidth: side });
  pen.strokeRect(Math.round(-left), Math.round(-top), SIDE * scale, SIDE * scale);
}

function shifted(pen, { x, y }, draw) {
  pen.translate(x, y);
  draw();
  pen.translate(-x, -y);
}

/**
 * What is over the sheet.
 * @param {Pen} pen
 * @param {import('./camera.js').Camera} camera
 * @param {import('./board.js').Board} board
 * @param {{cursors: {x: number, y: number, colour: number, name: string}[], frame: import('./camera.js').Box | null}} more
 */
export function paintOver(pen, camera, board, { cursors, frame }) {
  const { density } = camera;
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, camera.width, camera.height);
  Object.assign(pen, { strokeStyle: OWN, lineWidth: 1.5 });
  pen.setLineDash([5, 4]);
  for (const key of board.selected) {
    const object = board.objects.get(key);
    if (object) outline(pen, camera, object.box, board.offset(key));
  }
  pen.fillStyle = 'rgb(84 227 255 / 8%)';
  if (frame) outline(pen, camera, frame, { x: 0, y: 0 }, true);
  pen.setLineDash([]);
  for (const cursor of cursors) paintCursor(pen, camera.point(cursor), cursor);
}

function outline(pen, camera, box, by, filled = false) {
  const from = camera.point({ x: box.left + by.x, y: box.top + by.y });
  const to = camera.point({ x: box.right + by.x, y: box.bottom + by.y });
  const at = [from.x - 3, from.y - 3, to.x - from.x + 6, to.y - from.y + 6];
  if (filled) pen.fillRect(...at);
  pen.strokeRect(...at);
}

/** An arrow in the colour of its pen, and a name. */
function paintCursor(pen, { x, y }, { colour, name }) {
  Object.assign(pen, { fillStyle: COLOURS[colour], strokeStyle: SPACE, lineWidth: 1.5, lineJoin: 'round' });
  pen.beginPath();
  for (const [dx, dy] of [[0, 0], [0, 17], [4.5, 13], [12, 12.5]]) pen.lineTo(x + dx, y + dy);
  pen.closePath();
  pen.fill();
  pen.stroke();
  if (!name) return;
  Object.assign(pen, { font: `700 12px ${FONT}`, textAlign: 'left', textBaseline: 'middle' });
  const width = pen.measureText(name).width + 12;
  pen.beginPath();
  pen.roundRect(x + 11, y + 16, width, 20, 6);
  pen.fill();
  pen.fillStyle = INK;
  pen.fillText(name, x + 17, y + 26.5);
}
