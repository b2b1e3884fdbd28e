// The colours and sizes of what is drawn. The rules know only their numbers.

/** Of pens, by number: they stand out from the board. */
export const COLOURS = ['#e8eefb', '#54e3ff', '#ffb454', '#ff4b8b', '#ffe066', '#5ee08f', '#a78bfa', '#8494b8'];
/** Their names, for who can't see them. */
export const COLOUR_NAMES = ['White', 'Cyan', 'Orange', 'Pink', 'Yellow', 'Green', 'Violet', 'Grey'];
/** Of pens, by number: units. */
export const WIDTHS = [2, 4, 8, 18];
export const WIDTH_NAMES = ['Fine', 'Medium', 'Thick', 'Marker'];
export const SPACE = '#070a14';
export const DOTS = '#1b2338';
export const INK = '#0b1020';
export const OWN = '#54e3ff';
export const FONT = '"Segoe UI", Inter, system-ui, sans-serif';

/** Grid steps per unit, and the side of the board in units: those of the rules. */
export const GRID = 16;
export const SIDE = 16_384;
/** Side of a note, units. */
export const NOTE = 180;
/** Space around a note's text, units. */
export const NOTE_MARGIN = 14;
/** Bytes of a note's text, and objects of one request: limits of the rules. */
export const NOTE_BYTES_MAX = 400;
export const MARKS_MAX = 80;
