// Elements of a page, as far as a module needs them that shows texts.

/** An element that remembers what it is given. */
export class FakeElement {
  hidden = false;
  textContent = '';
  className = '';
  value = '';
  children = [];
  dataset = {};
  style = {};
  listeners = new Map();
  #classes = new Set();
  classList = {
    add: (name) => this.#classes.add(name),
    toggle: (name, on) => this.#classes[on ? 'add' : 'delete'](name),
    contains: (name) => this.#classes.has(name),
  };

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }

  append(...children) {
    for (const child of children) this.appendChild(child);
  }

  appendChild(child) {
    if (child instanceof FakeElement) child.parent = this;
    this.children.push(child);
    return child;
  }

  /** Puts an element before another, or at the end; it leaves the place that it had. */
  insertBefore(child, before) {
    child.remove();
    child.parent = this;
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, child);
  }

  remove() {
    const { children = [] } = this.parent ?? {};
    if (children.includes(this)) children.splice(children.indexOf(this), 1);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  setAttribute() {}

  scrollIntoView() {}

  addEventListener(name, listener) {
    this.listeners.set(name, listener);
  }

  querySelector() {
    return null;
  }

  querySelectorAll() {
    return [];
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
    createTextNode: (data) => ({ data }),
  };
  return Object.assign(element, { clear: () => all.clear() });
}
