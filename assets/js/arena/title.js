// The title: a name field, buttons to play and to watch, and the keys.

import { byId, element } from './dom.js';
import { NAME_BYTES_MAX, limitBytes } from './limits.js';
import { keep, recall } from './store.js';
import { texts } from './texts/index.js';

export class Title {
  #root = byId('title');
  #name = byId('name', HTMLInputElement);
  #keys = byId('title-keys');

  /**
   * @param {string | null} suggested name
   * @param {{play(name: string): void, watch(name: string): void, keys(): void}} actions
   */
  constructor(suggested, actions) {
    // The player may have typed while the page was loading.
    this.#name.value ||= suggested || (recall('name') ?? '');
    limitBytes(this.#name, NAME_BYTES_MAX);
    const chosen = () => {
      keep('name', this.name);
      this.hide();
      return this.name;
    };
    byId('join').addEventListener('submit', (event) => {
      event.preventDefault();
      actions.play(chosen());
    });
    byId('watch').addEventListener('click', () => actions.watch(chosen()));
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
    byId('play', HTMLButtonElement).disabled = byId('watch', HTMLButtonElement).disabled = false;
    // An on-screen keyboard would cover half of the page.
    if (matchMedia('(pointer: fine)').matches) this.#name.focus({ preventScroll: true });
  }

  hide() {
    this.#root.hidden = true;
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
      { keys: first(['lab']), does: words.lab },
      { keys: first(['menu']), does: words.menu },
    ];
    const shown = rows.filter(({ keys }) => keys.length > 0);
    this.#keys.replaceChildren(...shown.map(({ keys, does }) => element('li', '', element('span', '', ...keys.map((key) => element('kbd', '', key))), ` ${does}`)));
  }
}
