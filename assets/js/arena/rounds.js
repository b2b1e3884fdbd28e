// Rounds: the time that is left, the podium at the end, and the player's best of the day.

import { Best } from './best.js';
import { byId, element, setText } from './dom.js';
import { points, secondsUntil } from './format.js';
import { hueOf } from './looks.js';
import { roundAt } from './roundtime.js';
import { texts } from './texts/index.js';

/** @typedef {import('./standings.js').Leader} Leader */
/** @typedef {{score: number, place: number, players: number}} Standing the player's private numbers */

const SOON_S = 10;
/** The podium as it stands: the second left of the first, the third right. */
const STEPS = [1, 0, 2];

export class Rounds {
  #clock = byId('round');
  #podium = byId('podium');
  #steps = byId('podium-steps');
  #own = byId('podium-own');
  #bestLine = byId('podium-best');
  #next = byId('podium-next');
  #bestShown = byId('best');
  #goal = byId('death-goal');
  #announce;
  #best = new Best();
  /** @type {import('./roundtime.js').Rounds | undefined} */
  #rule;
  /** The tick at which the next round begins, while the podium is there; else 0. */
  #begins = 0;

  /** @param {import('./announce.js').Announce} announce */
  constructor(announce) {
    this.#announce = announce;
  }

  /** Whether the podium is there. */
  get over() {
    return this.#begins > 0;
  }

  /**
   * Forgets the last connection.
   * @param {import('./roundtime.js').Rounds} [rule]
   */
  reset(rule) {
    this.#rule = rule;
    this.#begins = 0;
    this.#podium.hidden = this.#clock.hidden = true;
    this.#best.begin();
  }

  /**
   * A round has ended.
   * @param {{rows: Leader[], next: number}} podium
   * @param {number | null} player the own player
   * @param {Standing | null} standing null for a spectator
   */
  take(podium, player, standing) {
    // For a spectator who arrives the whole room is sent it once more.
    if (podium.next !== this.#begins) this.#finish(podium, player, standing);
  }

  #start() {
    this.#announce.say(texts.rounds.begins);
    this.#begins = 0;
    this.#podium.hidden = true;
    this.#best.begin();
  }

  /**
   * @param {{rows: Leader[], next: number}} podium
   * @param {number | null} player
   * @param {Standing | null} standing
   */
  #finish({ rows, next }, player, standing) {
    this.#begins = next;
    this.#steps.replaceChildren(...STEPS.filter((at) => at < rows.length).map((at) => step(rows[at], at + 1, rows[at].player === player)));
    const won = rows[0]?.player === player && player !== null;
    setText(byId('podium-head'), rows.length === 0 ? texts.rounds.nobody : won ? texts.rounds.won : texts.rounds.winner(rows[0].name));
    const played = standing !== null && standing.score > 0;
    if (standing) this.#best.take(standing.score);
    setText(this.#own, standing ? texts.rounds.own(standing.place, standing.players, standing.score) : '');
    const { isNew, today } = this.#best;
    setText(this.#bestLine, today > 0 && standing ? (isNew && played ? texts.rounds.newBest(today) : texts.rounds.best(today)) : '');
    this.#bestLine.classList.toggle('new', isNew && played);
    this.#podium.hidden = false;
  }

  /**
   * Updates the numbers; called about ten times a second.
   * @param {number} tick
   * @param {number} tickHz
   * @param {Standing | null} standing null for a spectator
   * @param {readonly import('./standings.js').Standing[]} standings
   */
  update(tick, tickHz, standing, standings) {
    setText(this.#goal, goal(standings));
    if (standing && !this.over && this.#best.take(standing.score)) this.#announce.say(texts.rounds.beaten, true);
    const { today } = this.#best;
    this.#bestShown.hidden = today === 0 || !standing;
    setText(this.#bestShown, texts.rounds.best(today));
    const round = roundAt(this.#rule, tick);
    if (this.over && tick >= this.#begins) this.#start();
    if (this.over) setText(this.#next, String(secondsUntil(this.#begins, tick, tickHz)));
    this.#clock.hidden = !round || round.over;
    if (!round) return;
    const left = secondsUntil(round.ends, tick, tickHz);
    setText(this.#clock, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`);
    this.#clock.classList.toggle('soon', left <= SOON_S);
  }
}

/**
 * Whom to overtake next, and how many points that takes; empty alone, without points to lead with, and for
 * a spectator.
 * @param {readonly import('./standings.js').Standing[]} standings
 */
export function goal(standings) {
  const at = standings.findIndex((row) => row.own);
  if (at < 0) return '';
  const { score } = standings[at];
  // Behind the last leader that is the nearest of whom one knows.
  if (at > 0) return texts.rounds.overtake(standings[at - 1].name, standings[at - 1].score - score + 1);
  return standings.length > 1 && score > 0 ? texts.rounds.leads : '';
}

/**
 * @param {Leader} leader
 * @param {number} place
 * @param {boolean} own
 */
function step({ player, name, score }, place, own) {
  const who = element('bdi', own ? 'own' : '', name);
  if (!own) who.style.color = hueOf(player);
  const row = element('li', `place-${place}`, who, element('span', 'score', points(score)), element('b', '', String(place)));
  // In the order of the places for those who do not see them.
  row.setAttribute('aria-label', texts.rounds.step(place, name, score));
  return row;
}
