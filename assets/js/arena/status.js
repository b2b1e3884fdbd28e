// The state of the connection in words, and what a player can do about it.

import { byId, setText } from './dom.js';
import { texts } from './texts/index.js';

/** @typedef {import('../net/types.js').State} State */

export class Status {
  #root = byId('status');
  #words = byId('status-words');
  #seconds = byId('status-seconds');
  #text = byId('status-text');
  #button = byId('status-action', HTMLButtonElement);
  #leave = byId('status-leave', HTMLButtonElement);
  /** @type {State} */
  #state = { name: 'title' };
  #played = false;

  /** @param {{retry(): void, elsewhere(): void, leave(): void}} actions connect again now, play in
   *   any room, return to the title */
  constructor(actions) {
    this.#button.addEventListener('click', () => {
      if (this.#state.then === 'reload') location.reload();
      else if (this.#state.then === 'elsewhere') actions.elsewhere();
      else actions.retry();
    });
    this.#leave.addEventListener('click', actions.leave);
  }

  /**
   * Shows a state of the session.
   * @param {State} state
   */
  show(state) {
    this.#state = state;
    this.#played ||= state.name === 'playing';
    const shown = state.name === 'connecting' || state.name === 'open' || state.name === 'waiting' || state.name === 'ended';
    this.#root.hidden = !shown;
    this.#root.classList.toggle('bad', state.name === 'ended');
    this.#leave.hidden = this.#button.hidden = state.name !== 'waiting' && state.name !== 'ended';
    setText(this.#button, texts.status.actions[state.then ?? 'wait']);
    setText(this.#text, state.text ?? '');
    this.tick(performance.now());
  }

  /**
   * Updates the countdown.
   * @param {number} now milliseconds
   */
  tick(now) {
    const { name, until = now } = this.#state;
    setText(this.#words, headline(name, this.#played));
    setText(this.#seconds, name === 'waiting' ? `${Math.max(1, Math.ceil((until - now) / 1000))} s` : '');
  }
}

/**
 * A state in a few words, for a player who has or has not played yet; the seconds follow.
 * @param {State['name']} name
 * @param {boolean} played
 */
export function headline(name, played) {
  if (name === 'waiting') return played ? texts.status.reconnecting : texts.status.again;
  if (name === 'ended') return played ? texts.status.lost : texts.status.never;
  return name === 'open' ? texts.status.joining : texts.status.connecting;
}
