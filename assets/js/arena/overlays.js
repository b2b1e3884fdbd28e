// What the course of the game brings over the picture: the word beside the ship, hints, rounds and
// podium, the list of players, and the tab's title.

import { Aside, Silence } from './aside.js';
import { Company } from './company.js';
import { Hints } from './hints.js';
import { Players } from './players.js';
import { Roster } from './roster.js';
import { Rounds } from './rounds.js';
import { ownPlace } from './standings.js';
import { tabTitle } from './tab.js';

/** @typedef {import('./page.js').Page} Page */
/** @typedef {import('../net/types.js').Notice} Notice */

const LISTEN_MS = 1_000;
/** In a room of more players, only who opens the list reads all of it. */
const READ_MAX = 200;

export class Overlays {
  #page;
  #aside = new Aside();
  #hints;
  #rounds;
  #roster = new Roster();
  #company = new Company();
  #silence = new Silence();
  /** Destroyed while the page was hidden, which the player has not seen. */
  #missed = false;
  #listenedAt = 0;
  #drew = false;
  players;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#hints = new Hints(page.device);
    this.#rounds = new Rounds(page.announce);
    this.players = new Players({
      list: () => this.#roster.list(performance.now(), this.#page.standings, this.listed, this.#all),
      whole: () => this.listed !== null,
      own: () => page.player,
      all: () => this.#all,
      away: (player) => page.events.away.has(player),
      chat: page.chat,
    });
    document.addEventListener('visibilitychange', () => {
      this.#missed &&= document.hidden;
      this.#tab();
    });
  }

  /** How long the server has sent nothing, milliseconds. */
  get silence() {
    return this.#page.session.playing ? this.#silence.ms : 0;
  }

  /** Whether the podium is there. */
  get over() {
    return this.#rounds.over;
  }

  /** How many play; 0 if that is not known. */
  get #all() {
    return this.#standing?.players ?? 0;
  }

  /** The connected players, once the server has listed them. */
  get listed() {
    return this.#company.list;
  }

  get #standing() {
    const { score, players } = this.#page.private ?? {};
    return this.#page.spectating || score === undefined ? null : { score, place: ownPlace(this.#page.standings), players };
  }

  /** A frame has come. */
  heard() {
    this.#silence.heard();
  }

  /** Forgets the last connection. @param {import('../net/types.js').Welcome} welcome */
  welcomed({ map, room, tick_hz: tickHz }) {
    this.#silence.heard();
    this.#roster.reset(map);
    this.#company.reset();
    this.#page.title.shows(room, (map.rounds?.play_ticks ?? 0) / tickHz / 60);
    this.#rounds.reset(map.rounds);
  }

  /** @param {Notice} notice */
  take({ event, chat }) {
    const now = performance.now();
    if (chat && !chat.earlier) this.#roster.sign(chat.player, chat.name, now);
    if (!event) return;
    const { player } = this.#page;
    if (event.Taken) this.#hints.did('pickup');
    if (event.Kill) this.#killed(event.Kill, now);
    if (event.Podium) this.#rounds.take(event.Podium, player, this.#standing);
    if (document.hidden) this.#tab();
  }

  /** @param {import('./hud.js').Kill} kill @param {number} now */
  #killed({ killer, killer_name: killerName, victim, victim_name: victimName }, now) {
    this.#roster.sign(killer, killerName, now);
    this.#roster.sign(victim, victimName, now);
    this.#missed ||= document.hidden && victim === this.#page.player;
  }

  /** @param {number} ms since the last picture */
  frame(ms) {
    const { session, title, view, scene } = this.#page;
    this.#silence.pass(ms);
    this.#drew ||= view.renderer !== null;
    const concerns = session.playing && !title.open;
    const place = () => view.camera.toScreen(scene.own ?? view.camera);
    this.#aside.show(concerns ? this.silence : 0, concerns && this.#drew && view.renderer === null, place);
    this.#hints.follow(place);
  }

  /** Called about ten times a second. @param {number} now milliseconds */
  slow(now) {
    this.#tab();
    const { session, scene, title, standings } = this.#page;
    const { core, welcome } = session;
    if (!session.playing || !core || !welcome || title.open) return;
    this.#hints.update(scene.own, this.over || this.#aside.speaks);
    this.#rounds.update(core.tick, welcome.tick_hz, this.#standing, standings);
    this.#readPlayers(core, now);
    this.players.update(now);
    if (now - this.#listenedAt < LISTEN_MS) return;
    this.#listenedAt = now;
    for (const { player } of scene.ships) this.#roster.sign(player, core.name(player), now);
  }

  /**
   * Follows who plays, and says who comes and goes.
   * @param {import('../net/core.js').Core} core
   * @param {number} now milliseconds
   */
  #readPlayers(core, now) {
    const { chat, player } = this.#page;
    if (this.players.open || (this.#all > 0 && this.#all <= READ_MAX)) core.readPlayers();
    this.#company.list = core.players() ?? this.#company.list;
    const parts = this.#company.note(now, (id, name) => id !== player && !chat.isMuted(name));
    if (parts.length > 0) chat.company(parts);
  }

  #tab() {
    const { place = 0, players = 0 } = this.#standing ?? {};
    document.title = tabTitle(this.#how(), place, players, this.#missed);
  }

  /** @returns {import('./tab.js').How} */
  #how() {
    const { session, title, spectating } = this.#page;
    const { name } = session.state;
    if (title.open) return 'title';
    if (name !== 'playing') return name === 'open' ? 'connecting' : name;
    if (this.over) return 'podium';
    if (spectating) return 'spectating';
    return (this.#page.private?.respawn_tick ?? 0) > 0 ? 'dead' : 'playing';
  }
}
