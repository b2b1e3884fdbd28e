// Shows the net graph (F3).

import { byId, element, setText } from './dom.js';
import { PALETTE, fade } from './palette.js';

const COLOURS = { good: PALETTE.own, bad: PALETTE.danger, line: fade(PALETTE.text, 0.5) };

export class NetPanel {
  #root = byId('net');
  #list = byId('net-rows');
  #canvas = byId('net-graph');
  #graph;

  /** @param {import('../net/netgraph.js').NetGraph} graph */
  constructor(graph) {
    this.#graph = graph;
  }

  get open() {
    return !this.#root.hidden;
  }

  set open(open) {
    this.#root.hidden = !open;
  }

  update(tick, tickHz, now) {
    if (!this.open) return;
    const rows = this.#graph.rows(tick);
    while (this.#list.children.length > rows.length * 2) this.#list.lastElementChild.remove();
    rows.forEach(([name, value], i) => {
      if (!this.#list.children[2 * i]) this.#list.append(element('dt'), element('dd'));
      setText(this.#list.children[2 * i], name);
      setText(this.#list.children[2 * i + 1], value);
    });
    this.#graph.paint(this.#canvas, now, tickHz, COLOURS);
  }
}
