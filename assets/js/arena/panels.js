// The panels over the picture: where they are, so that the camera keeps the own ship beside them,
// and how clearly they are shown, since a ship may be beneath one.
//
// In the markup `data-panel` marks them. The camera does not avoid those that come and go, with
// `data-panel="passing"`: it would swing with every line of the kill feed. Those that one works with,
// with `data-panel="solid"`, do not fade.

/** How close to a panel a ship makes it fade, CSS pixels. */
const NEAR = 20;

/** @typedef {import('./freearea.js').Box} Box */

export class Panels {
  #all = [...document.querySelectorAll('[data-panel]')].map((root) => new Panel(/** @type {HTMLElement} */ (root)));
  #known = '';
  /** Called with the boxes of the panels that stay, when they have changed. @type {(boxes: Box[]) => void} */
  changed = () => {};

  /** Measures the panels; called about ten times a second, since their contents change. */
  measure() {
    for (const panel of this.#all) panel.measure();
    const staying = this.#all.filter(({ stays, box }) => stays && box).map(({ box }) => /** @type {Box} */ (box));
    const known = staying.map(({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round).join()).join(';');
    if (known === this.#known) return;
    this.#known = known;
    this.changed(staying);
  }

  /**
   * Fades the panels with a ship beneath.
   * @param {import('./scene.js').Ship[]} ships
   * @param {import('./camera.js').Camera} camera
   */
  fade(ships, camera) {
    for (const panel of this.#all) panel.covers = false;
    for (const ship of ships) {
      const { x, y } = camera.toScreen(ship);
      for (const panel of this.#all) panel.covers ||= panel.isAt(x, y);
    }
    for (const panel of this.#all) panel.show();
  }
}

class Panel {
  #root;
  #fades;
  #faded = false;
  /** @type {Box | null} where it is; null while it is not shown */
  box = null;
  /** Whether a ship is beneath it. */
  covers = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.stays = root.dataset.panel !== 'passing';
    this.#fades = root.dataset.panel !== 'solid';
  }

  measure() {
    const { left, top, right, bottom } = this.#root.getBoundingClientRect();
    this.box = right > left && bottom > top ? { left, top, right, bottom } : null;
  }

  /** Whether a place on the screen is beneath it, or nearly. */
  isAt(x, y) {
    const { box } = this;
    return this.#fades && box !== null && x > box.left - NEAR && x < box.right + NEAR && y > box.top - NEAR && y < box.bottom + NEAR;
  }

  show() {
    if (this.#faded === this.covers) return;
    this.#faded = this.covers;
    this.#root.classList.toggle('faded', this.covers);
  }
}
