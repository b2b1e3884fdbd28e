// The title: what the game is, who plays it, a name field, buttons to play and to watch, and the keys.

import { byId, element, setText } from './dom.js';
import { NAME_BYTES_MAX, limitBytes } from './limits.js';
import { Rooms } from './rooms.js';
import { keep, recall } from './store.js';
import { texts } from './texts/index.js';

/**
 * The page's actions for the title.
 * @typedef {object} TitleActions
 * @property {(name: string, room: string) => void} play
 * @property {(name: string, room: string) => void} watch
 * @property {(room: string) => void} look shows a room behind the title
 * @property {() => void} keys
 */

export class Title {
  #root = byId('title');
  #name = byId('name', HTMLInputElement);
  #keys = byId('title-keys');
  #actions;
  #rooms;

  /**
   * @param {{name: string | null, room: string}} asked from the address
   * @param {TitleActions} actions
   */
  constructor({ name, room }, actions) {
    this.#actions = actions;
    this.#rooms = new Rooms(room, actions.look);
    // The player may have typed while the page was loading.
    const last = recall('name');
    this.#name.value ||= name || (typeof last === 'string' ? last : '');
    limitBytes(this.#name, NAME_BYTES_MAX);
    const chosen = (/** @type {'play' | 'watch'} */ act) => {
      keep('name', this.name);
      this.hide();
      actions[act](this.name, this.#rooms.chosen);
    };
    byId('join').addEventListener('submit', (event) => {
      event.preventDefault();
      chosen('play');
    });
    byId('watch').addEventListener('click', () => chosen('watch'));
    byId('title-change').addEventListener('click', actions.keys);
  }

  get open() {
    return !this.#root.hidden;
  }

  /** The name in the field: from the address, from the last visit, or typed. */
  get name() {
    return this.#name.value.trim();
  }

  show() {
    this.#root.hidden = false;
    this.#rooms.start();
    // An on-screen keyboard would cover half of the page.
    if (matchMedia('(pointer: fine)').matches) this.#name.focus({ preventScroll: true });
    else this.#name.blur();
  }

  hide() {
    this.#root.hidden = true;
    this.#rooms.stop();
  }

  /**
   * Takes what is known of the room behind it.
   * @param {string} room
   * @param {number} minutes of a round; 0 without rounds
   */
  shows(room, minutes) {
    this.#rooms.shown = room;
    if (minutes >= 1) setText(byId('how-rounds'), texts.title.rounds(Math.round(minutes)));
  }

  /**
   * Lists the present keys, or the buttons of the gamepad in use.
   * @param {import('./device.js').Device} device
   */
  showKeys(device) {
    /** @type {(actions: (import('./bindings.js').Action | 'menu')[]) => string[]} */
    const first = (actions) => actions.flatMap((action) => device.names(action).slice(0, 1));
    const words = texts.title;
    const rows = [
      { keys: first(['up', 'left', 'down', 'right']), does: words.fly },
      { keys: first(['boost']), does: words.boost },
      { keys: device.names('aim'), does: words.aim },
      { keys: device.names('fire'), does: words.gun },
      { keys: device.names('rail'), does: words.rail },
      { keys: first(['chat']), does: words.chat },
      { keys: first(['menu']), does: words.menu },
    ];
    const shown = rows.filter(({ keys }) => keys.length > 0);
    this.#keys.replaceChildren(...shown.map(({ keys, does }) => element('li', '', element('span', '', ...keys.map((key) => element('kbd', '', key))), ` ${does}`)));
  }
}
