// The lag lab (F3): the panel with the graph and the figures, and the overlay of the game.

import { paintLanes } from '../net/index.js';
import { byId, element, setText } from './dom.js';
import { feelRows } from './figures.js';
import { LabControls } from './labcontrols.js';
import { PALETTE, fade } from './palette.js';
import { Scene } from './scene.js';
import { texts } from './texts/index.js';

/** @typedef {import('../net/index.js').Session} Session */
/** @typedef {import('../net/index.js').NetGraph} NetGraph */
/** @typedef {import('../net/netgraph.js').Row} Row */

const COLOURS = { good: PALETTE.own, bad: PALETTE.danger, line: fade(PALETTE.text, 0.07), text: '#a3b0cb' };

export class LagLab {
  #root = byId('lab');
  #button = byId('open-lab');
  #canvas = byId('lab-graph', HTMLCanvasElement);
  #session;
  #graph;
  /** The confirmed state. */
  #truth;
  controls;

  /**
   * @param {Session} session
   * @param {NetGraph} graph
   * @param {() => void} closed called when the panel is closed with its button
   */
  constructor(session, graph, closed) {
    this.#session = session;
    this.#graph = graph;
    this.#truth = new Scene(session.schema);
    this.controls = new LabControls(session);
    byId('feel-reset').addEventListener('click', () => session.core?.resetFeel());
    byId('lab-close').addEventListener('click', () => {
      this.open = false;
      closed();
    });
  }

  get open() {
    return !this.#root.hidden;
  }

  set open(open) {
    this.#root.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    document.body.classList.toggle('lab-open', open);
  }

  /**
   * The overlay of the game, in world units; null for none.
   * @param {{x: number, y: number}} eye the middle of the view that the server sends, world units
   * @param {number} now milliseconds
   */
  overlay({ x, y }, now) {
    const { ghosts, visible, pending } = this.controls.shows;
    const { core, schema, playing } = this.#session;
    if (!playing || !core || !(ghosts || visible || pending)) return null;
    if (ghosts) this.#truth.update(core.truth(), core.stride, now);
    return {
      ghosts: ghosts ? this.#truth : null,
      path: pending ? core.path().map((length) => length / schema.grid) : null,
      view: visible ? { x, y, ...schema.view } : null,
    };
  }

  /**
   * Draws the graph; called for every picture.
   * @param {number} now milliseconds
   */
  frame(now) {
    if (!this.open) return;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    if (!context || width === 0) return;
    const [w, h] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.#canvas.width !== w || this.#canvas.height !== h) Object.assign(this.#canvas, { width: w, height: h });
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const tickMs = 1000 / (this.#session.welcome?.tick_hz ?? 30);
    paintLanes(context, { width, height }, this.#graph.history, { now, tickMs, unit: this.#session.schema.grid, colours: COLOURS, names: texts.lab.lanes });
  }

  /**
   * Updates the figures; called about ten times a second.
   * @param {number} now milliseconds
   */
  update(now) {
    const { core } = this.#session;
    const stats = this.#graph.rates.newest;
    if (!this.open || !core || !stats) return;
    fill(byId('feel'), feelRows(stats, core.live(now), this.#session.schema.grid));
    fill(byId('traffic'), this.#graph.rows(core.tick, now, texts.lab.traffic));
  }
}

/**
 * Shows rows in a table and reuses its elements.
 * @param {HTMLElement} body
 * @param {Row[]} rows
 */
function fill(body, rows) {
  while (body.children.length > rows.length) body.lastElementChild?.remove();
  rows.forEach(({ name, value, title }, i) => {
    const row = body.children[i] ?? body.appendChild(tableRow());
    const [head, cell] = row.children;
    setText(head, name);
    setText(cell, value);
    if (row.getAttribute('title') !== title) row.setAttribute('title', title);
  });
}

function tableRow() {
  const head = element('th');
  head.scope = 'row';
  return element('tr', '', head, element('td'));
}
