// Helpers for the page around the canvas. Text from people only ever becomes a text node.

/**
 * The element with this id and type.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  const wanted = type ?? HTMLElement;
  if (!(found instanceof wanted)) throw new Error(`the page has no ${wanted.name} '${id}'`);
  return /** @type {T} */ (found);
}

/**
 * Creates an element with a class and children (elements or text).
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * Sets a text if it differs, to avoid needless layout and announcements by screen readers.
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Appends a row to a list, and marks it as old after `life` milliseconds.
 * @param {Element} list
 * @param {HTMLElement} row
 * @param {number} rowsMax
 * @param {number} life
 */
export function addRow(list, row, rowsMax, life) {
  list.append(row);
  while (list.children.length > rowsMax) list.firstElementChild?.remove();
  setTimeout(() => row.classList.add('old'), life);
}

const TEXT_INPUTS = ['text', 'search', 'number', 'url'];

/**
 * Whether an element takes typed text.
 * @param {EventTarget | null} target
 */
export function takesText(target) {
  return target instanceof HTMLInputElement && TEXT_INPUTS.includes(target.type);
}

/**
 * Whether a pressed key belongs to the focused element and not to the game.
 * @param {EventTarget | null} target
 * @param {string} code of the key
 */
export function keepsKey(target, code) {
  // Not decided by the focus: some browsers do not focus a clicked button.
  if (document.querySelector('dialog[open]')) return true;
  if (!(target instanceof Element)) return false;
  if (takesText(target)) return !/^F\d+$/.test(code);
  const steps = target instanceof HTMLInputElement && (target.type === 'range' || target.type === 'radio');
  if (steps && code.startsWith('Arrow')) return true;
  return target.matches('button, a, input, summary') && (code === 'Space' || code === 'Enter');
}
