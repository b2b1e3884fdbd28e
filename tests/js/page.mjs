// Elements of a page, as far as a module needs them that shows texts.

/** An element that remembers what it is given. */
export class FakeElement {
  hidden = false;
  textContent = '';
  className = '';
  children = [];
  style = {};
  listeners = new Map();
  #classes = new Set();
  classList = {
    toggle: (name, on) => this.#classes[on ? 'add' : 'delete'](name),
    contains: (name) => this.#classes.has(name),
  };

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  setAttribute() {}

  addEventListener(name, listener) {
    this.listeners.set(name, listener);
  }

  querySelector() {
    return null;
  }
}

/** Puts an empty page in place of the document's: every id has an element.
 * @returns {((id: string) => FakeElement) & {clear(): void}} */
export function fakePage() {
  const all = new Map();
  const element = (id) => all.get(id) ?? all.set(id, new FakeElement()).get(id);
  globalThis.HTMLElement = FakeElement;
  globalThis.document = {
    getElementById: element,
    createElement: (tag) => Object.assign(new FakeElement(), { tag }),
  };
  return Object.assign(element, { clear: () => all.clear() });
}
