// The list of who is here.

import { offer, whoButton } from './offers.js';
import { COLOURS } from './palette.js';
import { find } from './panels.js';

/** @typedef {{player: number, name: string, colour: number, own: boolean}} Person */

export class People {
  #shown = '';
  #does;

  /**
   * @param {object} does
   * @param {import('./muted.js').Muted} does.muted
   * @param {(name: string) => void} does.mute hides what somebody says, or shows it again
   * @param {(person: Person) => void} does.whisper
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
    find('people-list').querySelector('ul').replaceChildren(...people.map((person) => this.#row(person)));
  }

  /** @param {Person} person */
  #row(person) {
    const { name, colour, own } = person;
    const { muted, mute, whisper } = this.#does;
    const [item, dot] = [document.createElement('li'), document.createElement('i')];
    dot.style.background = COLOURS[colour];
    item.append(dot);
    // Without a name it is not known yet.
    if (own || !name) item.append(own ? `${name} (you)` : '…');
    else item.append(whoButton(name, () => offer(item, [
      [true, 'Whisper', () => whisper(person)],
      [true, muted.has(name) ? 'Show their lines' : 'Hide their lines', () => mute(name)],
    ])), muted.has(name) ? ' hidden' : '');
    return item;
  }
}
