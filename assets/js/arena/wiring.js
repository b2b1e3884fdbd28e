// What the panels around the picture ask of the page and its session.

import { Chat } from './chat.js';
import { Menu } from './menu.js';
import { Status } from './status.js';
import { Title } from './title.js';

/** @typedef {import('./page.js').Page} Page */

/** @param {Page} page */
export function connectStatus(page) {
  const { session } = page;
  const retry = () => session.retry();
  return new Status({
    again: retry,
    now: retry,
    here: retry,
    elsewhere: () => page.play(session.name, ''),
    play: () => page.play(session.name, session.room),
    watch: () => page.watch(session.name, session.room),
    reload: () => location.reload(),
    leave: () => page.leave(),
  });
}

/**
 * @param {Page} page
 * @param {(open: boolean) => void} opened called when its field opens or closes
 */
export function connectChat(page, opened) {
  const { session } = page;
  return new Chat({
    connected: () => session.playing,
    say: (text) => session.chat(text),
    whisper: (player, text) => session.whisper(player, text),
    report: (line) => session.report(line),
    linesMax: () => session.welcome?.chat_per_10s ?? Infinity,
    nameOf: (player) => session.core?.name(player) ?? null,
    opened,
  });
}

/**
 * @param {Page} page
 * @param {{name: string | null, room: string}} asked from the address
 * @param {() => void} keys shows the keys
 */
export function connectTitle(page, asked, keys) {
  return new Title(asked, {
    play: (name, room) => page.play(name, room),
    watch: (name, room) => page.watch(name, room),
    look: (room) => page.preview.start(room),
    keys,
  });
}

/**
 * @param {Page} page
 * @param {{keys(): void, players(): void, lab(): void}} opens what the menu opens
 */
export function connectMenu(page, opens) {
  const { session } = page;
  return new Menu(page.settings, {
    ...opens,
    spectate: () => page[session.spectate ? 'play' : 'watch'](session.name, page.room),
    leave: () => page.leave(),
    where: () => ({ room: page.room, spectating: session.spectate }),
  });
}
