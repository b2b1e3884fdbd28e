// A chart of some of a job's figures over time: lines in an SVG, and their newest values as text.

import { clock } from './story.js';

/** @import { ChartAbout, Sample } from './story.js' */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 360;
const HEIGHT = 150;
/** The edges of the plot within the picture. */
const [LEFT, RIGHT, TOP, BOTTOM] = [40, WIDTH - 6, 10, HEIGHT - 22];
/** Limit of the points of a line: about one for each of its pixels. */
const POINTS_MAX = 300;
const CLASSES = ['first', 'second'];

/**
 * The values of a figure by time, thinned out: of neighbours the highest stays, so that no peak is lost.
 * @param {Sample[]} samples
 * @param {string} key
 * @param {number} max
 * @returns {{ at: number, value: number | null }[]}
 */
export function points(samples, key, max = POINTS_MAX) {
  const step = Math.max(1, Math.ceil(samples.length / max));
  const found = [];
  for (let from = 0; from < samples.length; from += step) {
    const part = samples.slice(from, from + step);
    const values = part.map((sample) => sample.values[key] ?? null).filter((value) => value !== null);
    found.push({ at: part[part.length - 1].at, value: values.length > 0 ? Math.max(...values) : null });
  }
  return found;
}

/**
 * The next round number: 1, 2 or 5 with zeros.
 * @param {number} value
 */
export function roof(value) {
  if (!(value > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(6));
}

/**
 * The path of a line; where nothing was measured it is broken.
 * @param {{ at: number, value: number | null }[]} line
 * @param {{ from: number, to: number, top: number }} extent
 */
export function path(line, { from, to, top }) {
  let text = '';
  let isBroken = true;
  for (const { at, value } of line) {
    if (value !== null) {
      const x = LEFT + ((RIGHT - LEFT) * (at - from)) / Math.max(to - from, 1e-9);
      const y = BOTTOM - ((BOTTOM - TOP) * value) / top;
      text += `${isBroken ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    isBroken = value === null;
  }
  return text;
}

/** @param {number | null | undefined} value */
export function show(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

/**
 * @param {Element} parent
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function draw(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  parent.append(element);
  return element;
}

export class Chart {
  /** @type {ChartAbout} */
  #about;
  #svg = document.createElementNS(SVG, 'svg');
  #caption = document.createElement('figcaption');
  /** The labels of the axes: the top, the first time, the last. */
  #labels;
  #paths;
  element = document.createElement('figure');

  /** @param {ChartAbout} about */
  constructor(about) {
    this.#about = about;
    const title = document.createElement('h2');
    title.textContent = about.unit ? `${about.title}, ${about.unit}` : about.title;
    this.#svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.#svg.setAttribute('role', 'img');
    for (const y of [TOP, (TOP + BOTTOM) / 2, BOTTOM]) {
      draw(this.#svg, 'line', { x1: LEFT, x2: RIGHT, y1: y, y2: y });
    }
    draw(this.#svg, 'text', { x: LEFT - 6, y: BOTTOM + 4, 'text-anchor': 'end' }).textContent = '0';
    this.#labels = [
      draw(this.#svg, 'text', { x: LEFT - 6, y: TOP + 4, 'text-anchor': 'end' }),
      draw(this.#svg, 'text', { x: LEFT, y: HEIGHT - 5 }),
      draw(this.#svg, 'text', { x: RIGHT, y: HEIGHT - 5, 'text-anchor': 'end' }),
    ];
    this.#paths = about.series.map((_, at) => draw(this.#svg, 'path', { class: CLASSES[at % CLASSES.length] }));
    this.element.append(title, this.#caption, this.#svg);
  }

  /** @param {Sample[]} samples one at least */
  show(samples) {
    const lines = this.#about.series.map(({ key }) => points(samples, key));
    const highest = Math.max(0, ...lines.flat().map(({ value }) => value ?? 0));
    const [from, to] = [samples[0].at, samples[samples.length - 1].at];
    const extent = { from, to, top: roof(highest) };
    lines.forEach((line, at) => this.#paths[at].setAttribute('d', path(line, extent)));
    const labels = [extent.top.toLocaleString('en'), clock(from), clock(to)];
    labels.forEach((text, at) => (this.#labels[at].textContent = text));
    const newest = samples[samples.length - 1].values;
    const values = this.#about.series.map(({ key, name }) => `${name} ${show(newest[key])}`);
    this.#caption.replaceChildren(
      ...values.map((text, at) => {
        const span = document.createElement('span');
        span.className = CLASSES[at % CLASSES.length];
        span.textContent = text;
        return span;
      }),
    );
    const { title, unit } = this.#about;
    const label = `${title}${unit && ` in ${unit}`} over ${clock(to - from)}: now ${values.join(', ')}; highest ${show(highest)}`;
    this.#svg.setAttribute('aria-label', label);
  }
}
