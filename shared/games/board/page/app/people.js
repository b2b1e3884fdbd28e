// The list of who is here.

import { offer, whoButton } from './offers.js';
import { COLOURS } from './palette.js';
import { find } from './panels.js';

/** @typedef {{player: number, name: string, colour: number, own: boolean}} Person */

export class People {
  #shown = '';
  #does;
  /** The rows, by whom they are for: a row stays while somebody is here, with what is open in it.
   * @type {Map<string, {item: HTMLElement, dot: HTMLElement, note: Text}>} */
  #rows = new Map();

  /**
   * @param {object} does
   * @param {import('./muted.js').Muted} does.muted
   * @param {(name: string) => void} does.mute hides what somebody says, or shows it again
   * @param {(name: string) => void} does.whisper
   */
  constructor(does) {
    this.#does = does;
  }

  /** @param {Person[]} people */
  show(people) {
    const { muted } = this.#does;
    const text = JSON.stringify(people.map(({ player, name, colour, own }) => [player, name, colour, own, muted.has(name)]));
    if (text === this.#shown) return;
    this.#shown = text;
    find('people').querySelector('span').textContent = `${people.length}`;
    find('people').setAttribute('aria-label', `${people.length} ${people.length === 1 ? 'person' : 'people'} here`);
    const here = new Map(people.map((person) => [JSON.stringify([person.player, person.name, person.own]), person]));
    for (const [key, { item }] of this.#rows) if (!here.has(key)) [item.remove(), this.#rows.delete(key)];
    const list = find('people-list').querySelector('ul');
    let place = 0;
    for (const [key, person] of here) {
      const row = this.#rows.get(key) ?? this.#row(person);
      this.#rows.set(key, row);
      row.dot.style.background = COLOURS[person.colour];
      row.note.data = !person.own && muted.has(person.name) ? ' hidden' : '';
      // A row that is moved loses the focus, and the press that it is under.
      if (list.children[place] !== row.item) list.insertBefore(row.item, list.children[place] ?? null);
      place += 1;
    }
  }

  /** @param {Person} person */
  #row({ name, own }) {
    const { muted, mute, whisper } = this.#does;
    const [item, dot, note] = [document.createElement('li'), document.createElement('i'), document.createTextNode('')];
    item.append(dot);
    // Without a name it is not known yet.
    if (own || !name) item.append(own ? `${name} (you)` : '…');
    else item.append(whoButton(name, () => offer(item, [
      [true, 'Whisper', () => whisper(name)],
      [true, muted.has(name) ? 'Show their lines' : 'Hide their lines', () => mute(name)],
    ])));
    item.append(note);
    return { item, dot, note };
  }
}
