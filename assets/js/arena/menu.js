// The pause menu. The game does not pause; the ship drifts on.

import { copyText, roomLink } from '../net/index.js';
import { byId, setText } from './dom.js';
import { texts } from './texts/index.js';

/**
 * The page's actions for the menu.
 * @typedef {object} MenuActions
 * @property {() => void} keys
 * @property {() => void} players
 * @property {() => void} lab
 * @property {() => void} spectate switches between playing and watching
 * @property {() => void} leave
 * @property {() => {room: string, spectating: boolean}} where
 */

export class Menu {
  #dialog = byId('menu', HTMLDialogElement);
  #sound = byId('menu-sound', HTMLInputElement);
  #volume = byId('menu-volume', HTMLInputElement);
  #calm = byId('menu-calm', HTMLInputElement);
  #said = byId('share-said');
  #row = byId('share-row');
  #link = byId('share-link', HTMLInputElement);
  #settings;
  #actions;

  /**
   * @param {import('./settings.js').Settings} settings
   * @param {MenuActions} actions
   */
  constructor(settings, actions) {
    this.#settings = settings;
    this.#actions = actions;
    this.#sound.addEventListener('change', () => settings.set({ sound: this.#sound.checked }));
    this.#volume.addEventListener('input', () => settings.set({ volume: this.#volume.valueAsNumber / 100 }));
    this.#calm.addEventListener('change', () => settings.set({ calm: this.#calm.checked }));
    this.#entry('menu-keys', actions.keys);
    this.#entry('menu-players', actions.players);
    this.#entry('menu-lab', actions.lab);
    this.#entry('menu-spectate', actions.spectate);
    this.#entry('menu-leave', actions.leave);
    this.#entry('menu-screen', toggleScreen);
    byId('menu-share').addEventListener('click', () => this.#share());
    byId('menu-screen').hidden = !document.fullscreenEnabled;
  }

  /** Opens the menu. */
  showModal() {
    if (this.#dialog.open) return;
    const { spectating } = this.#actions.where();
    this.#sound.checked = this.#settings.sound;
    this.#volume.value = String(Math.round(this.#settings.volume * 100));
    this.#calm.checked = this.#settings.matches;
    // A system-wide setting is not overridden here.
    this.#calm.disabled = this.#settings.systemCalm;
    setText(byId('menu-spectate'), spectating ? texts.menu.play : texts.menu.spectate);
    setText(byId('menu-screen'), document.fullscreenElement ? texts.menu.leaveFullScreen : texts.menu.fullScreen);
    setText(this.#said, '');
    this.#row.hidden = true;
    this.#dialog.showModal();
  }

  /**
   * @param {string} id
   * @param {() => void} act
   */
  #entry(id, act) {
    byId(id).addEventListener('click', () => {
      this.#dialog.close();
      act();
    });
  }

  async #share() {
    const { room, spectating } = this.#actions.where();
    const link = roomLink(location.href, room, spectating);
    const copied = await copyText(link);
    this.#row.hidden = copied;
    this.#link.value = link;
    setText(this.#said, copied ? texts.menu.copied(link) : texts.menu.copyByHand);
    if (copied) return;
    this.#link.focus();
    this.#link.select();
  }
}

/** Toggles full screen; if the browser refuses, or has none, nothing changes. */
export function toggleScreen() {
  if (!document.fullscreenEnabled) return;
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  change.catch(() => {});
}
