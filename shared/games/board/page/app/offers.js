// What can be done about a line or about somebody: buttons in its row, once its name is pressed.

/** A name that can be pressed. @param {string} name @param {() => void} act */
export function whoButton(name, act) {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'who', textContent: name, onclick: act });
  button.setAttribute('aria-expanded', 'false');
  return button;
}

/**
 * Shows the buttons, or takes them away if they are there. Only one row has them.
 * @param {HTMLElement} row
 * @param {[boolean, string, () => void][]} offers whether it can be done, what it is, and what does it
 */
export function offer(row, offers) {
  const isOpen = row.querySelector('.offers') !== null;
  for (const open of row.parentElement?.querySelectorAll('.offers') ?? []) {
    open.parentElement?.querySelector('.who')?.setAttribute('aria-expanded', 'false');
    open.remove();
  }
  if (isOpen) return;
  const list = Object.assign(document.createElement('span'), { className: 'offers' });
  list.append(...offers.filter(([can]) => can).map(([, label, act]) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: label });
    button.onclick = () => [offer(row, []), act()];
    return button;
  }));
  row.append(list);
  row.querySelector('.who')?.setAttribute('aria-expanded', 'true');
  list.scrollIntoView({ block: 'nearest' });
}
