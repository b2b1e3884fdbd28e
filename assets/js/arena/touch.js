// Fingers: the rail's button, the keyboard on the screen, and no gesture of the browser while the
// game is played.

import { byId } from './dom.js';

/**
 * The button of the rail, held with a finger.
 * @param {{rail: boolean}} controls
 * @returns {(charge: number) => void} shows how far the rail is charged, from 0 to 1
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

/** Keeps the browser from zooming on a pinch or a double tap; `touch-action` does not everywhere. */
export function keepScale() {
  for (const name of ['gesturestart', 'dblclick']) {
    document.addEventListener(name, (event) => {
      if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
    }, { passive: false });
  }
}

/** Tells the style how much of the page the keyboard on the screen covers. */
export function followKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const tell = () => {
    const covered = Math.max(0, innerHeight - seen.height * seen.scale - seen.offsetTop);
    document.documentElement.style.setProperty('--keyboard', `${Math.round(covered)}px`);
  };
  for (const name of ['resize', 'scroll']) seen.addEventListener(name, tell);
}
