// The lag lab's controls: link conditions, netcode switches, and overlays.

import { PRESETS, RANGES, linkText, withCondition } from '../net/index.js';
import { byId, element, setText } from './dom.js';
import { inWords } from './said.js';
import { texts } from './texts/index.js';

/** @typedef {import('../net/index.js').Session} Session */
/** @typedef {import('../net/link.js').Link} Link */
/** @typedef {import('../net/link.js').Switches} Switches */
/** @typedef {{ghosts: boolean, visible: boolean, pending: boolean}} Shows */

/** @type {Record<keyof Link, string>} */
const UNITS = { latency: 'ms', jitter: '± ms', stall: '%', stallFor: 'ms', kbps: 'kbit/s' };

/** @type {(keyof Switches)[]} */
const SWITCHES = ['prediction', 'reconciliation', 'interpolation', 'lagCompensation'];

/** @type {(keyof Shows)[]} */
const SHOWS = ['ghosts', 'visible', 'pending'];

export class LabControls {
  #session;
  #error = byId('link-error');
  /** @type {Map<keyof Link, {range: HTMLInputElement, number: HTMLInputElement}>} */
  #inputs = new Map();
  /** The link conditions as the player set them, one by one.
   * @type {Link} */
  #link;
  /** The overlays drawn over the game.
   * @type {Shows} */
  shows = { ghosts: false, visible: false, pending: false };

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    for (const { name, link } of PRESETS) {
      const button = element('button', 'chip', name);
      button.type = 'button';
      const conditions = linkText(link);
      button.dataset.link = conditions;
      button.addEventListener('click', () => this.set(conditions));
      byId('presets').append(button);
    }
    for (const { name, max, step } of RANGES) this.#condition(name, max, step);
    for (const name of SWITCHES) {
      const { label, title } = texts.lab.switches[name];
      this.#check('switches', label, title, session.switches[name], (on) => session.setSwitches({ ...session.switches, [name]: on }));
    }
    for (const name of SHOWS) {
      const { label, title } = texts.lab.shows[name];
      this.#check('shows', label, title, false, (on) => (this.shows[name] = on));
    }
    this.#link = session.conditions;
    this.#show(this.#link);
  }

  /**
   * Applies link conditions and shows them, or shows the error.
   * @param {string} text
   * @returns {boolean} whether they are valid
   */
  set(text) {
    if (!this.#put(text)) return false;
    this.#link = this.#session.conditions;
    this.#show(this.#link);
    return true;
  }

  /** @param {string} text */
  #put(text) {
    try {
      this.#session.setLink(text);
    } catch (error) {
      this.#error.hidden = false;
      setText(this.#error, inWords(error instanceof Error ? error.message : String(error)));
      return false;
    }
    this.#error.hidden = true;
    return true;
  }

  /** @param {Link} link */
  #show(link) {
    for (const [name, { range, number }] of this.#inputs) {
      range.value = String(link[name]);
      // The player may be typing there.
      if (document.activeElement !== number) number.value = String(link[name]);
    }
    for (const button of byId('presets').querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.link === linkText(link)));
    }
  }

  /**
   * @param {keyof Link} name
   * @param {number} max
   * @param {number} step
   */
  #condition(name, max, step) {
    const { label, title } = texts.lab.link[name];
    const unit = UNITS[name];
    const range = element('input');
    const number = element('input');
    Object.assign(range, { type: 'range', min: '0', max: String(max), step: String(step) });
    Object.assign(number, { type: 'number', min: '0', step: 'any', inputMode: 'decimal' });
    range.setAttribute('aria-label', `${label}, ${unit}`);
    number.setAttribute('aria-label', texts.lab.asNumber(`${label}, ${unit}`));
    for (const input of [range, number]) {
      for (const kind of /** @type {const} */ (['input', 'change'])) {
        input.addEventListener(kind, () => {
          if (!Number.isNaN(input.valueAsNumber)) this.#changed(name, input.valueAsNumber, kind === 'change');
        });
      }
    }
    // An invalid value is replaced by the one in force.
    number.addEventListener('blur', () => {
      this.#error.hidden = true;
      this.#show(this.#link);
    });
    this.#inputs.set(name, { range, number });
    const row = element('div', 'condition', element('span', '', label), range, number, element('span', 'unit', unit));
    row.title = title;
    byId('link-rows').append(row);
  }

  /**
   * @param {keyof Link} name
   * @param {number} value
   * @param {boolean} settled whether the value is final: a person who types 150 first enters 1,
   *   which must not reduce the jitter
   */
  #changed(name, value, settled) {
    const link = withCondition(this.#link, name, value);
    if (!this.#put(linkText(link))) return;
    this.#link = settled ? link : { ...this.#link, [name]: value };
    this.#show(link);
  }

  /**
   * @param {string} list
   * @param {string} label
   * @param {string} title
   * @param {boolean} on
   * @param {(on: boolean) => void} act
   */
  #check(list, label, title, on, act) {
    const box = element('input');
    box.type = 'checkbox';
    box.checked = on;
    box.addEventListener('change', () => act(box.checked));
    const row = element('label', '', box, ` ${label}`);
    row.title = title;
    byId(list).append(row);
  }
}
