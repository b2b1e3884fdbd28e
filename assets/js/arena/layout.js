// What is printed on the keys. Chromium knows the whole layout; every browser says of a key that is
// pressed what it types, and that is remembered for the next time.

/** The keys that print differs on: the writing keys of the UI Events specification. */
const WRITING_KEY = /^(Key[A-Z]|Digit\d|Backquote|Minus|Equal|Bracket(Left|Right)|Backslash|Semicolon|Quote|Comma|Period|Slash|Intl(Backslash|Ro|Yen))$/;
/** Keyboards for other scripts have Latin letters printed beside their own. */
const PRINTED = /^[\p{Script=Latin}\p{Number}\p{Punctuation}\p{Symbol}]$/u;
const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock'];

/** Labels of the keys by `KeyboardEvent.code`, no label twice. */
export class Layout {
  #store;
  /** @type {Map<string, string>} */
  #labels = new Map();
  /** Called when a label has changed. */
  changed = () => {};

  /** @param {{recall(name: string): any, keep(name: string, value: unknown): void}} store */
  constructor(store) {
    this.#store = store;
    this.#take(Object.entries(store.recall('layout') ?? {}));
  }

  /**
   * The browser tells what each key types.
   * @param {Iterable<[string, string]>} layout codes and characters
   */
  tell(layout) {
    if (this.#take(layout)) this.changed();
  }

  /**
   * A key is pressed: what it types, without a modifier, is what is printed on it.
   * @param {KeyboardEvent} event
   */
  press(event) {
    if (MODIFIERS.some((name) => event.getModifierState(name))) return;
    if (!this.#take([[event.code, event.key]])) return;
    this.#store.keep('layout', Object.fromEntries(this.#labels));
    this.changed();
  }

  /**
   * The label of a key that writes. One that nobody has told of is taken to be as on a US keyboard,
   * or, if another key has that label, to have changed places with it, as in AZERTY and QWERTZ.
   * @param {string} code
   * @returns {string | undefined} nothing for another key, or one without a letter on a US keyboard
   */
  label(code) {
    const label = this.#labels.get(code);
    if (label) return label;
    // Ends: no two keys share a label, so no key is come to twice.
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
      // Some have no capital of one letter: ß.
      const capital = character.toUpperCase();
      const label = capital.length === character.length ? capital : character;
      if (this.#labels.get(code) === label) continue;
      const holder = this.#holder(label);
      // It was learned from another layout.
      if (holder) this.#labels.delete(holder);
      this.#labels.set(code, label);
      changed = true;
    }
    return changed;
  }
}
