// Keys that work the page rather than the ship.

import { keepsKey } from './dom.js';

/**
 * @param {import('./bindings.js').Bindings} bindings
 * @param {HTMLElement} surface where the game is played
 * @param {{chat(): void, screen(): void, lab(): void, keys(): void, escape(): void}} actions
 */
export function shortcuts(bindings, surface, actions) {
  addEventListener('keyup', ({ code }) => code === 'Tab' && surface.classList.toggle('reached', document.activeElement === surface));
  surface.addEventListener('blur', () => surface.classList.remove('reached'));
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented && event.code === 'Escape') return;
    // An open dialog closes by itself.
    if (document.querySelector('dialog[open]')) return;
    if (event.code === 'Escape') {
      // The same key would close the menu that it opens.
      event.preventDefault();
      return actions.escape();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || keepsKey(event.target, event.code)) return;
    const action = bindings.action(event.code);
    if (action === 'chat' || action === 'screen' || action === 'lab') {
      event.preventDefault();
      if (!event.repeat) actions[action]();
    } else if (event.key === '?') {
      actions.keys();
    }
  });
}
