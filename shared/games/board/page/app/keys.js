// Keyboard shortcuts, and the list of them.

/** What a key does, by its name or letter; with Ctrl or the command key where the name says so. */
const KEYS = {
  p: 'pen', n: 'note', v: 'select', h: 'hand',
  'ctrl+z': 'undo', 'ctrl+shift+z': 'redo', 'ctrl+y': 'redo', 'ctrl+a': 'all',
  Delete: 'delete', Backspace: 'delete', Escape: 'nothing',
  '+': 'in', '=': 'in', '-': 'out', 0: 'whole', 1: 'fit', c: 'chat', '?': 'help',
  '[': 'thinner', ']': 'thicker', Enter: 'write',
};
/** Where the arrow keys move what is selected, or else the view. */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const HELP = [
  ['P', 'pen'], ['N', 'note: click where it is to be, or on one to change it'], ['V', 'select: click, Shift-click, or drag a frame'], ['H', 'move the view; or hold Space, or the middle button'],
  ['Enter', 'write on the selected note, or a new one in the middle'], ['Ctrl Z, Ctrl Y', 'undo and redo what you did yourself'], ['Del', 'delete what is selected'], ['Ctrl A', 'select everything'],
  ['Arrows', 'move what is selected, or the view; with Shift farther'], ['+ − 0', 'zoom; the wheel does it, too'], ['1', 'show everything'],
  ['[ ]', 'thinner, thicker'], ['C', 'chat'], ['Esc', 'close, select nothing'], ['Two fingers', 'move the view and zoom'], ['A tap', 'on the selected note writes on it'],
];

/**
 * @param {(what: string) => void} act
 * @param {(dx: number, dy: number, far: boolean) => void} arrow
 * @param {(held: boolean) => void} space
 */
export function listen(act, arrow, space) {
  const isElsewhere = ({ target }) => target instanceof Element && target.closest('input, textarea, dialog[open]');
  addEventListener('keydown', (event) => {
    if (isElsewhere(event) || event.altKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const onButton = event.target instanceof Element && event.target.closest('button');
    if (event.key === ' ' && !onButton) return [event.preventDefault(), space(true)];
    const by = ARROWS[event.key];
    if (by && !(event.target instanceof Element && event.target.closest('[role="log"], [role="radiogroup"]'))) return [event.preventDefault(), arrow(by[0], by[1], event.shiftKey)];
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const what = KEYS[ctrl ? `ctrl+${event.shiftKey ? 'shift+' : ''}${letter}` : letter];
    if (!what || (what === 'write' && onButton)) return;
    event.preventDefault();
    act(what);
  });
  addEventListener('keyup', ({ key }) => key === ' ' && space(false));
  addEventListener('blur', () => space(false));
}
