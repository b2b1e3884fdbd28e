// Touch: the rail's button, the on-screen keyboard, and protection from browser gestures during the
// game.

import { byId } from './dom.js';
import { sticksOn } from './sticks.js';
import { texts } from './texts/index.js';

/**
 * The rail's button, held with a finger.
 * @param {{rail: boolean}} controls
 * @returns {(charge: number) => void} shows how far the rail is charged, 0 to 1
 */
export function railButton(controls) {
  const button = byId('rail', HTMLButtonElement);
  const hold = (/** @type {boolean} */ held) => {
    controls.rail = held;
    button.classList.toggle('held', held);
  };
  button.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    button.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) button.addEventListener(name, () => hold(false));
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  return (charge) => {
    button.classList.toggle('ready', charge >= 1);
    button.style.setProperty('--charge', `${Math.round(charge * 100)}%`);
  };
}

/** The room for sticks, measured when the screen changes, or the rail's button comes or goes. */
export class TouchScreen {
  #size = { width: 0, height: 0 };
  /** The rail's button, while it is shown.
   * @type {import('./sticks.js').Ring | null} */
  #ring = null;

  /** @param {HTMLElement} surface */
  constructor(surface) {
    const rail = byId('rail');
    const measure = () => this.#measure(surface, rail);
    const observer = new ResizeObserver(measure);
    for (const part of [surface, rail]) observer.observe(part);
    // A screen with a cutout that is turned by half a turn moves the button, and has the same size.
    screen.orientation?.addEventListener('change', measure);
  }

  /**
   * The sticks to draw.
   * @param {{left: import('./sticks.js').Stick, right: import('./sticks.js').Stick}} sticks
   * @param {boolean} ghosts whether those that were never pushed show where they are
   */
  shown(sticks, ghosts) {
    if (!ghosts && !sticks.left.value && !sticks.right.value) return [];
    const { fly, aim } = texts.devices;
    return sticksOn(sticks, { ...this.#size, ring: this.#ring, ghosts, labels: { fly, aim } });
  }

  /** @param {HTMLElement} surface @param {HTMLElement} rail */
  #measure(surface, rail) {
    this.#size = { width: surface.clientWidth, height: surface.clientHeight };
    const { left, top, width, height } = rail.getBoundingClientRect();
    this.#ring = width > 0 ? { x: left + width / 2, y: top + height / 2, radius: width / 2 } : null;
  }
}

/** Prevents zooming by a pinch or a double tap; not every browser respects `touch-action`. */
export function keepScale() {
  for (const name of ['gesturestart', 'dblclick']) {
    document.addEventListener(name, (event) => {
      if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
    }, { passive: false });
  }
}

/** Sets a style property to the height of the page that the on-screen keyboard covers. */
export function followKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const update = () => {
    const covered = Math.max(0, innerHeight - seen.height * seen.scale - seen.offsetTop);
    document.documentElement.style.setProperty('--keyboard', `${Math.round(covered)}px`);
  };
  for (const name of ['resize', 'scroll']) seen.addEventListener(name, update);
}
