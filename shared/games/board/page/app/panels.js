// What stands around the board: colours, tools, who is here, the state, the vote, messages.

import { COLOURS, COLOUR_NAMES, WIDTHS, WIDTH_NAMES } from './palette.js';
import { HELP } from './keys.js';

const TOAST_MS = 5_000;

/** @param {string} id @returns {any} */
export const find = (id) => document.getElementById(id);

let toastTimer = 0;

/** Shows a message for a while. @param {string} text */
export function say(text) {
  const toast = find('toast');
  toast.textContent = text.charAt(0).toUpperCase() + text.slice(1);
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => (toast.hidden = true), TOAST_MS);
}

/** Fills in the colours, the widths and the list of keys.
 * @param {(colour: number) => void} colour @param {(width: number) => void} width */
export function build(colour, width) {
  const swatch = (kind, number, label, size, paint, choose) => {
    const button = document.createElement('button');
    Object.assign(button, { title: label, onclick: () => choose(number) });
    for (const [name, value] of [['role', 'radio'], ['aria-label', label], [`data-${kind}`, number]]) button.setAttribute(name, value);
    const dot = document.createElement('i');
    Object.assign(dot.style, { width: `${size}px`, height: `${size}px`, background: paint });
    button.append(dot);
    return button;
  };
  const rule = document.createElement('hr');
  find('colours').append(
    ...COLOURS.map((paint, n) => swatch('colour', n, COLOUR_NAMES[n], 20, paint, colour)), rule,
    ...WIDTHS.map((size, n) => swatch('width', n, WIDTH_NAMES[n], 4 + size * 0.9, '#e8eefb', width)),
  );
  find('help').querySelector('dl').append(...HELP.flatMap(([keys, does]) => {
    const [term, about] = [document.createElement('dt'), document.createElement('dd')];
    [term.textContent, about.textContent] = [keys, does];
    return [term, about];
  }));
}

/** Opens one of the lists at the top right, or closes it. @param {string} button @param {string} panel */
export function toggle(button, panel, open = find(panel).hidden) {
  find(panel).hidden = !open;
  find(button).setAttribute('aria-expanded', `${open}`);
}

/** Marks the chosen tool, colour and width.
 * @param {import('./tools.js').Tools} tools */
export function showChoice({ tool, colour, width }) {
  for (const button of document.querySelectorAll('[data-tool]')) {
    if (button instanceof HTMLButtonElement) button.setAttribute('aria-pressed', `${button.dataset.tool === tool}`);
  }
  for (const [kind, chosen] of [['colour', colour], ['width', width]]) {
    for (const button of document.querySelectorAll(`[data-${kind}]`)) button.setAttribute('aria-checked', `${button.getAttribute(`data-${kind}`) === `${chosen}`}`);
  }
  find('over').dataset.tool = tool;
}

/** @param {{text: string, away: boolean, unsent: number, undo: number, redo: number, selected: number, zoom: number, empty: boolean}} shown */
export function showState({ text, away, unsent, undo, redo, selected, zoom, empty }) {
  set('state', text);
  find('status').classList.toggle('away', away);
  find('unsent').hidden = unsent === 0;
  set('unsent', `${unsent} not sent yet`);
  for (const [what, on] of [['undo', undo], ['redo', redo], ['delete', selected]]) {
    const button = /** @type {HTMLButtonElement} */ (document.querySelector(`#tools [data-do="${what}"]`));
    button.disabled = !on;
  }
  const whole = /** @type {HTMLElement} */ (document.querySelector('[data-do="whole"]'));
  const percent = `${Math.round(zoom * 100)} %`;
  if (whole.textContent !== percent) whole.textContent = percent;
  find('hint').hidden = !empty;
}

/** @param {{text: string, voted: boolean} | null} vote */
export function showVote(vote) {
  const panel = find('vote');
  panel.hidden = !vote;
  if (!vote) return;
  const line = panel.querySelector('p');
  if (line.textContent !== vote.text) line.textContent = vote.text;
  for (const button of panel.querySelectorAll('button')) button.hidden = vote.voted;
}

/** @param {string} id @param {string} text */
function set(id, text) {
  if (find(id).textContent !== text) find(id).textContent = text;
}
