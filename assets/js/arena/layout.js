// The labels printed on the keys. Chromium reports the whole layout. In every browser a key press
// reveals the key's character, which is stored for the next visit.

/** Keys whose labels differ between layouts: the writing keys of the UI Events specification. */
const WRITING_KEY = /^(Key[A-Z]|Digit\d|Backquote|Minus|Equal|Bracket(Left|Right)|Backslash|Semicolon|Quote|Comma|Period|Slash|Intl(Backslash|Ro|Yen))$/;
/** Keyboards for other scripts have Latin letters printed beside their own. */
const PRINTED = /^[\p{Script=Latin}\p{Number}\p{Punctuation}\p{Symbol}]$/u;
const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock'];

/** Labels of the keys by `KeyboardEvent.code`; no label occurs twice. */
export class Layout {
  #store;
  /** @type {Map<string, string>} */
  #labels = new Map();
  /** Called when a label changes. */
  changed = () => {};

  /** @param {{recall(name: string): any, keep(name: string, value: unknown): void}} store */
  constructor(store) {
    this.#store = store;
    this.#take(Object.entries(store.recall('layout') ?? {}));
  }

  /**
   * Takes the character of each key, as the browser reports it.
   * @param {Iterable<[string, string]>} layout codes and characters
   */
  learn(layout) {
    if (this.#take(layout)) this.changed();
  }

  /**
   * Takes a key press: the character typed without a modifier is the key's label.
   * @param {KeyboardEvent} event
   */
  press(event) {
    if (MODIFIERS.some((name) => event.getModifierState(name))) return;
    if (!this.#take([[event.code, event.key]])) return;
    this.#store.keep('layout', Object.fromEntries(this.#labels));
    this.changed();
  }

  /**
   * The label of a writing key. An unknown key is assumed to have its US label, or, if another key
   * has that label, to have swapped places with it, as in AZERTY and QWERTZ.
   * @param {string} code
   * @returns {string | undefined} undefined for other keys, and for those without a letter or digit
   *   on a US keyboard
   */
  label(code) {
    const label = this.#labels.get(code);
    if (label) return label;
    // This ends: no two keys share a label, so no key is visited twice.
    for (let at = code; ; ) {
      const label = /^(?:Key|Digit)(.)$/.exec(at)?.[1];
      const holder = label && this.#holder(label);
      if (!holder) return label;
      at = holder;
    }
  }

  /** @param {string} label */
  #holder(label) {
    for (const [code, known] of this.#labels) {
      if (known === label) return code;
    }
    return undefined;
  }

  /**
   * @param {Iterable<[string, unknown]>} pairs
   * @returns {boolean} whether a label has changed
   */
  #take(pairs) {
    let changed = false;
    for (const [code, character] of pairs) {
      if (!WRITING_KEY.test(code) || typeof character !== 'string' || !PRINTED.test(character)) continue;
      // Some letters have no single capital: ß.
      const capital = character.toUpperCase();
      const label = capital.length === character.length ? capital : character;
      if (this.#labels.get(code) === label) continue;
      const holder = this.#holder(label);
      // The holder's label came from another layout.
      if (holder) this.#labels.delete(holder);
      this.#labels.set(code, label);
      changed = true;
    }
    return changed;
  }
}
