// The state of the connection in words, in the middle of the dimmed picture, with the exits.

import { byId, element, setText } from './dom.js';
import { explain } from './reasons.js';
import { texts } from './texts/index.js';

/** @typedef {import('../net/types.js').State} State */
/** @typedef {import('./reasons.js').Exit} Exit */

/** What takes no longer than this needs no word. */
const PATIENCE_MS = 350;

export class Status {
  #root = byId('status');
  #head = byId('status-head');
  #text = byId('status-text');
  #wait = byId('status-wait');
  #words = byId('status-words');
  #seconds = byId('status-seconds');
  #exits = byId('status-exits');
  #act;
  /** @type {State} */
  #state = { name: 'title' };
  #since = 0;

  /** @param {Record<Exit | 'leave', () => void>} act */
  constructor(act) {
    this.#act = act;
    byId('status-leave').addEventListener('click', act.leave);
  }

  /**
   * Shows a state of the session.
   * @param {State} state
   * @param {boolean} [spectates] whether the session watches or is to
   */
  show(state, spectates = false) {
    const tries = state.name === 'connecting' || state.name === 'open';
    // A further try does not hide why there is one.
    if (tries && this.#state.name === 'waiting') return this.#trying();
    this.#state = state;
    this.#since = performance.now();
    const stopped = state.name === 'waiting' || state.name === 'ended';
    this.#root.hidden = !stopped;
    this.#root.classList.toggle('bad', state.name === 'ended');
    this.#root.classList.toggle('brief', tries);
    byId('status-leave').hidden = !stopped;
    if (tries) this.#say(texts.status[state.name === 'open' ? 'joining' : 'connecting'], '', []);
    if (!stopped) return;
    const { head, text, exits } = explain(state, spectates);
    this.#say(head, text, exits);
    this.tick(this.#since);
    // The game has no use for keys now.
    if (state.name === 'ended') this.#root.querySelector('button')?.focus();
  }

  /**
   * Updates the countdown.
   * @param {number} now milliseconds
   */
  tick(now) {
    const { name, until = now } = this.#state;
    if (name === 'connecting' || name === 'open') this.#root.hidden = now - this.#since < PATIENCE_MS;
    this.#wait.hidden = name !== 'waiting';
    if (name !== 'waiting' || until <= now) return;
    setText(this.#words, texts.status.again);
    setText(this.#seconds, `${Math.max(1, Math.ceil((until - now) / 1000))} s`);
  }

  #trying() {
    setText(this.#words, texts.status.trying);
    setText(this.#seconds, '');
  }

  /**
   * @param {string} head
   * @param {string} text
   * @param {readonly Exit[]} exits
   */
  #say(head, text, exits) {
    setText(this.#head, head);
    setText(this.#text, text);
    this.#exits.replaceChildren(...exits.map((exit, i) => {
      const button = element('button', i > 0 ? 'quiet' : '', texts.status.exits[exit]);
      button.type = 'button';
      button.addEventListener('click', this.#act[exit]);
      return button;
    }));
  }
}
