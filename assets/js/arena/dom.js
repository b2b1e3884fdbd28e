// Small helpers for the page around the canvas. Text from people only ever becomes a text node.

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element with a class and children (elements or text). */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Sets a text if it is another one, so that nothing is laid out or read aloud for nothing. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Adds a row at the end of a list, and lets it go after `life` milliseconds. */
export function addRow(list, row, rowsMax, life) {
  list.append(row);
  while (list.children.length > rowsMax) list.firstElementChild.remove();
  setTimeout(() => row.classList.add('old'), life);
  return row;
}
