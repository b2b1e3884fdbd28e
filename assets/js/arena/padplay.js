// A gamepad in the page: it flies the ship, and where a dialog, the title or a message waits for an
// answer it moves the focus and presses buttons there.

import { BUTTON, Pads, pressedAction } from './gamepad.js';
import { texts } from './texts/index.js';

/** @typedef {import('./gamepad.js').PadState} PadState */

const REPEAT_MS = 180;
const REPEAT_FIRST_MS = 400;
/** How far the stick is pushed that moves the focus. */
const PUSHED = 0.6;
/** How much farther something seems that lies aside. */
const ASIDE = 0.5;

const FOCUSABLE = 'button, input, select, summary, a[href]';
const DIRECTIONS = Object.freeze({ up: { x: 0, y: -1 }, down: { x: 0, y: 1 }, left: { x: -1, y: 0 }, right: { x: 1, y: 0 } });

/**
 * The page's side.
 * @typedef {object} PadPage
 * @property {(pad: PadState | null) => void} hold what flies the ship
 * @property {(action: import('./bindings.js').Action | 'menu') => void} act
 * @property {() => void} escape
 */

export class PadPlay {
  #page;
  #repeatAt = Infinity;
  #direction = '';

  /** @param {PadPage} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Takes what the pad does in this picture.
   * @param {PadState | null} pad
   * @param {number} now milliseconds
   */
  frame(pad, now) {
    const asking = pad && waiting();
    this.#page.hold(asking ? null : pad);
    if (!pad) return;
    if (asking) return this.#answer(asking, pad, now);
    for (const button of pad.pressed) {
      const action = pressedAction(button);
      if (button === BUTTON.back) this.#page.escape();
      else if (action) this.#page.act(action);
    }
  }

  /**
   * @param {Element} root
   * @param {PadState} pad
   * @param {number} now
   */
  #answer(root, pad, now) {
    const direction = this.#directionOf(pad, now);
    if (direction) moveFocus(root, direction);
    for (const button of pad.pressed) {
      if (button === BUTTON.accept) focused(root)?.click();
      else if (root instanceof HTMLDialogElement && (button === BUTTON.back || button === BUTTON.start)) root.close();
    }
  }

  /**
   * The direction to move the focus in this picture; one that is held repeats.
   * @param {PadState} pad
   * @param {number} now
   */
  #directionOf({ down, left }, now) {
    const direction = /** @type {(keyof typeof DIRECTIONS)[]} */ (Object.keys(DIRECTIONS)).find((name) => {
      const { x, y } = DIRECTIONS[name];
      return down.has(BUTTON[name]) || (left !== null && left.x * x + left.y * y > PUSHED);
    });
    const fresh = (direction ?? '') !== this.#direction;
    this.#direction = direction ?? '';
    if (!direction || (!fresh && now < this.#repeatAt)) return null;
    this.#repeatAt = now + (fresh ? REPEAT_FIRST_MS : REPEAT_MS);
    return direction;
  }
}

/**
 * Connects the browser's gamepads with the page.
 * @param {{device: import('./device.js').Device, controls: import('./controls.js').Controls, account: import('./account.js').Account,
 *   settings: import('./settings.js').Settings}} page
 * @param {PadPage['act']} act
 * @param {PadPage['escape']} escape
 * @returns {(now: number) => void} to call for every picture
 */
export function connectPads({ device, controls, account, settings }, act, escape) {
  const pads = new Pads(() => navigator.getGamepads?.() ?? [], {
    used: (id) => device.use('pad', id),
    lost: () => device.lost(),
    refused: () => device.say(texts.devices.refused),
  });
  const play = new PadPlay({ hold: (pad) => (controls.pad = pad), act, escape });
  account.felt = (damage) => {
    if (device.kind === 'pad' && !settings.matches) pads.rumble(Math.min(1, 0.3 + damage / 60));
  };
  return (now) => play.frame(pads.read(), now);
}

/** What waits for an answer: a dialog, the title, or a message with a button. */
function waiting() {
  const [dialog] = [...document.querySelectorAll('dialog[open]')].slice(-1);
  if (dialog) return dialog;
  return ['title', 'status'].map((id) => document.getElementById(id)).find((part) => part && choices(part).length > 0) ?? null;
}

/** @param {Element} root @returns {HTMLElement[]} */
function choices(root) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(FOCUSABLE));
  return [...all].filter((part) => part.getClientRects().length > 0 && !part.matches(':disabled'));
}

/** What has the focus, else the first button. @param {Element} root */
function focused(root) {
  const all = choices(root);
  const found = all.find((part) => part === document.activeElement);
  // A name is typed, not pressed.
  return found instanceof HTMLInputElement && found.type === 'text' ? found.form?.querySelector('button') : found ?? all.find((part) => part.matches('button'));
}

/** @param {Element} root @param {keyof typeof DIRECTIONS} direction */
function moveFocus(root, direction) {
  const from = document.activeElement;
  const all = choices(root);
  if (!(from instanceof HTMLElement) || !all.includes(from)) return all[0]?.focus();
  const { x, y } = DIRECTIONS[direction];
  if (x !== 0 && from instanceof HTMLInputElement && from.type === 'range') {
    if (x > 0) from.stepUp();
    else from.stepDown();
    from.dispatchEvent(new Event('input', { bubbles: true }));
    return;
  }
  const start = from.getBoundingClientRect();
  const reach = (/** @type {HTMLElement} */ part) => {
    const end = part.getBoundingClientRect();
    const along = x === 0 ? (middle(end).y - middle(start).y) * y : (middle(end).x - middle(start).x) * x;
    const aside = x === 0 ? gap(start.left, start.right, end.left, end.right) : gap(start.top, start.bottom, end.top, end.bottom);
    return along > 1 ? along + ASIDE * aside : Infinity;
  };
  const best = all.reduce((a, b) => (reach(b) < reach(a) ? b : a));
  if (reach(best) < Infinity) best.focus();
}

/** @param {DOMRect} box */
function middle({ left, top, width, height }) {
  return { x: left + width / 2, y: top + height / 2 };
}

/** The distance between two spans, 0 if they overlap. */
function gap(low, high, otherLow, otherHigh) {
  return Math.max(0, otherLow - high, low - otherHigh);
}
