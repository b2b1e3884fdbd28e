// The title of the browser's tab: how the game stands, for a player who looks elsewhere.

import { placeText } from './format.js';
import { texts } from './texts/index.js';

const NAME = 'Drumbeat';

/** @typedef {'title' | 'connecting' | 'playing' | 'spectating' | 'dead' | 'podium' | 'waiting' | 'ended'} How */

/**
 * @param {How} how
 * @param {number} place
 * @param {number} players
 * @param {boolean} missed whether the player was destroyed while the page was hidden
 */
export function tabTitle(how, place, players, missed) {
  /** @type {Record<How, string>} */
  const words = {
    title: '',
    connecting: texts.tab.connecting,
    playing: placeText(place, players),
    spectating: texts.tab.spectating,
    dead: texts.tab.dead,
    podium: texts.tab.podium,
    waiting: texts.tab.waiting,
    ended: texts.tab.ended,
  };
  const said = missed && how !== 'title' ? texts.tab.missed : words[how];
  return said ? `${said} · ${NAME}` : NAME;
}
