// The title: a name and one button.

import { byId } from './dom.js';
import { NAME_BYTES_MAX, limitBytes } from './limits.js';

const NAME_KEY = 'drumbeat.name';

/** Shows the title, calls `play(name)` once a player wants in. */
export function title(suggested, play) {
  const root = byId('title');
  const field = byId('name');
  field.value = suggested || remembered();
  limitBytes(field, NAME_BYTES_MAX);
  root.hidden = false;
  byId('play').disabled = false;
  // A finger's keyboard would cover half of the page.
  if (matchMedia('(pointer: fine)').matches) field.focus({ preventScroll: true });
  byId('join').addEventListener('submit', (event) => {
    event.preventDefault();
    const name = field.value.trim();
    remember(name);
    root.hidden = true;
    play(name);
  });
}

// A browser may refuse to store anything; the name is then asked for again.
function remembered() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

function remember(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // See above.
  }
}
