// What the panels around the picture ask of the page and its session.

import { Chat } from './chat.js';
import { Status } from './status.js';
import { Title } from './title.js';

/** @typedef {import('./page.js').Page} Page */

/** @param {Page} page */
export function connectStatus(page) {
  const { session } = page;
  return new Status({
    retry: () => session.retry(),
    // A server that refuses spectators may still have a place for a player.
    elsewhere: () => page.play(session.name, ''),
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
