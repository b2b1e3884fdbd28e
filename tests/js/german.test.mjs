// A German reader who is refused: the page asks for its language once, when it is loaded.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fakePage } from './page.mjs';

const page = fakePage();
globalThis.location = { search: '?lang=de' };
const { closing } = await import('../../assets/js/net/closing.js');
const { Status } = await import('../../assets/js/arena/status.js');
const { DE } = await import('../../assets/js/arena/texts/de.js');
const { EN } = await import('../../assets/js/arena/texts/en.js');

const acts = new Proxy({}, { get: (_, name) => () => pressed.push(name) });
const pressed = [];

/** What is shown when a server closes so: headline, cause, and the words of the exits. */
function refused(code, reason) {
  const { then, text, why } = closing(code, reason, true);
  const status = new Status(acts);
  status.show({ name: then === 'retry' ? 'waiting' : 'ended', text, why, until: performance.now() + 3_000 });
  const exits = page('status-exits').children;
  return { head: page('status-head').textContent, text: page('status-text').textContent, exits: exits.map(({ children: [words] }) => words), buttons: exits };
}

test('who is refused reads why in German, and what can be done', () => {
  const { exits } = DE.texts.status;
  for (const [code, reason, why, names] of [
    [1013, 'every room is full; try again later', 'all_full', ['now', 'watch']],
    [1013, 'this room is locked: it lets no new players in; join another', 'locked', ['elsewhere', 'watch']],
  ]) {
    const shown = refused(code, reason);
    assert.deepEqual([shown.head, shown.text], [DE.texts.reasons.why[why].head, DE.texts.reasons.why[why].text]);
    assert.notEqual(shown.head, EN.reasons.why[why].head);
    assert.deepEqual(shown.exits, names.map((name) => exits[name]));
    for (const { listeners } of shown.buttons) listeners.get('click')();
    assert.deepEqual(pressed.splice(0), names);
  }
  assert.equal(page('status-words').textContent, DE.texts.status.again);
});
