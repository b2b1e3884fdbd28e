// How the connection is, in words, and what a player can do about it.

import { byId, setText } from './dom.js';

const ACTIONS = { ask: 'Reconnect', reload: 'Reload the page', elsewhere: 'Play in any room', wait: 'Try now' };

export class Status {
  #root = byId('status');
  #head = byId('status-head');
  #text = byId('status-text');
  #button = byId('status-action');
  #state = { name: 'title' };

  /** @param {(elsewhere: boolean) => void} retry connects again at once, or to any other room */
  constructor(retry) {
    this.#button.addEventListener('click', () => {
      if (this.#state.then === 'reload') location.reload();
      else retry(this.#state.then === 'elsewhere');
    });
  }

  /** Takes a state of the session. */
  show(state) {
    this.#state = state;
    const shown = state.name === 'connecting' || state.name === 'open' || state.name === 'waiting' || state.name === 'ended';
    this.#root.hidden = !shown;
    this.#root.classList.toggle('bad', state.name === 'ended');
    this.#button.hidden = state.name !== 'waiting' && state.name !== 'ended';
    setText(this.#button, ACTIONS[state.then ?? 'wait']);
    setText(this.#text, state.text ?? '');
    this.tick(performance.now());
  }

  /** Keeps the countdown going. */
  tick(now) {
    const { name, until } = this.#state;
    if (name === 'waiting') setText(this.#head, `Reconnecting in ${Math.max(1, Math.ceil((until - now) / 1000))} s`);
    else if (name === 'ended') setText(this.#head, 'Disconnected');
    else setText(this.#head, name === 'open' ? 'Joining…' : 'Connecting…');
  }
}
