// Shows the newest job of the program that serves this page, while it runs and after its end.

import { Chart } from './chart.js';
import { Story, clock } from './story.js';

/** @import { Message, Result, Table } from './story.js' */

/** Time until this page looks again, milliseconds. */
const AGAIN_MS = 2000;
/** Limit of the lines of the log that are shown. */
const LINES_MAX = 500;

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

let story = new Story();
/** @type {Chart[]} */
let charts = [];
/** @type {Result | null} */
let shown = null;
/** The address of the report as a file. */
let file = '';
let isDue = false;
let isLost = false;

/** Looks for the newest job, and follows it. */
async function look() {
  try {
    const answer = await fetch('api/jobs', { cache: 'no-store' });
    const { jobs } = await answer.json();
    if (jobs.length > 0) {
      follow(jobs[0].id);
      return;
    }
    part('state').textContent = 'Nothing runs here yet.';
  } catch {
    isLost = true;
    redraw();
  }
  setTimeout(look, AGAIN_MS);
}

/** @param {string} id */
function follow(id) {
  if (story.job && story.job.id !== id) {
    // The program was started again: this is another job.
    story = new Story();
    charts = [];
    shown = null;
    for (const id of ['result', 'charts', 'lines']) part(id).replaceChildren();
  }
  const events = new EventSource(`api/jobs/${encodeURIComponent(id)}`);
  events.addEventListener('message', ({ data }) => {
    isLost = false;
    /** @type {Message} */
    const message = JSON.parse(data);
    story.add(message);
    if (message.line !== undefined) {
      log(message.at_s ?? 0, message.line);
    }
    if (story.end) {
      // The report stays; nothing more comes.
      events.close();
    }
    redraw();
  });
  events.addEventListener('error', () => {
    isLost = true;
    redraw();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(look, AGAIN_MS);
    }
  });
}

/** Draws once for all that came since the last picture. */
function redraw() {
  if (!isDue) {
    isDue = true;
    // A page in the background gets no pictures; it draws when it is seen again.
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  }
}

function draw() {
  const { job, samples, progress, result, end, missed } = story;
  if (job) {
    document.title = job.title;
    part('title').textContent = job.title;
  }
  const state = part('state');
  const words = stateWords();
  if (state.textContent !== words) {
    state.textContent = words;
  }
  state.className = end?.state === 'failed' || (end && result?.failures.length) ? 'failed' : isLost && !end ? 'lost' : '';
  part('stage').hidden = progress === null || end !== null;
  if (progress) {
    const bar = /** @type {HTMLProgressElement} */ (part('progress'));
    [bar.max, bar.value] = [Math.max(progress.of, 1), progress.done];
    part('stage-text').textContent = `${progress.stage}: ${progress.done} of ${progress.of} ${progress.unit}`;
  }
  part('missed').hidden = missed === 0;
  part('missed').textContent = `${missed} earlier entries are no longer held, and are missing here.`;
  if (job?.about?.charts && charts.length === 0) {
    charts = job.about.charts.map((about) => new Chart(about));
    part('charts').append(...charts.map((chart) => chart.element));
  }
  if (samples.length > 0) {
    charts.forEach((chart) => chart.show(samples));
  }
  part('result').hidden = result === null;
  if (result && result !== shown) {
    shown = result;
    showResult(result);
  }
}

function stateWords() {
  const { end, job, result } = story;
  if (end?.state === 'failed') {
    return `Ended after ${clock(end.at)} without a report: ${end.reason}.`;
  }
  if (end) {
    const holds = result ? 'This page holds the report' : 'The report is too long for this page; the log says how long';
    return `Ended after ${clock(end.at)}: ${result?.words ?? 'done'}. ${holds}; the program is gone.`;
  }
  if (isLost) {
    return job
      ? 'The program does not answer. What it said until then stays here; trying again …'
      : 'No program answers here; trying again …';
  }
  return 'Running.';
}

/** @param {Result} result */
function showResult({ failures, tables, report }) {
  const list = document.createElement('ul');
  list.append(...failures.map((text) => cell('li', text)));
  const frames = document.createElement('div');
  frames.className = 'tables';
  frames.append(...tables.map(tableOf));
  const isWhole = story.end?.state === 'done';
  const head = cell('h2', isWhole ? 'Report' : 'So far');
  part('result').replaceChildren(head, ...(failures.length > 0 ? [list] : []), frames, ...(report ? [saving(report)] : []));
  // While it grows, what moves comes first.
  part('charts')[isWhole ? 'before' : 'after'](part('result'));
}

/** A link that saves the report. @param {unknown} report */
function saving(report) {
  URL.revokeObjectURL(file);
  file = URL.createObjectURL(new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' }));
  const save = Object.assign(document.createElement('a'), { textContent: 'Save the report (JSON)', href: file });
  save.download = `${story.job?.id ?? 'report'}.json`;
  return save;
}

/** @param {Table} table */
function tableOf({ title, heads, rows }) {
  const frame = document.createElement('div');
  frame.className = heads.length > 6 ? 'wide' : '';
  // So that keys scroll what is too wide for the screen.
  frame.tabIndex = 0;
  frame.setAttribute('role', 'group');
  frame.ariaLabel = title;
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  head.append(...[title, ...heads].map((text) => scoped(text, 'col')));
  const body = table.createTBody();
  for (const [label, ...values] of rows) {
    body.insertRow().append(scoped(label, 'row'), ...values.map((text) => cell('td', text)));
  }
  frame.append(table);
  return frame;
}

/**
 * @param {string} text
 * @param {string} scope
 */
function scoped(text, scope) {
  const head = cell('th', text);
  head.setAttribute('scope', scope);
  return head;
}

/**
 * @param {string} name
 * @param {string} text
 */
function cell(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

/**
 * @param {number} at
 * @param {string} text
 */
function log(at, text) {
  const [frame, list] = [part('log'), part('lines')];
  const isAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 8;
  const item = document.createElement('li');
  item.append(cell('span', clock(at)), ` ${text}`);
  list.append(item);
  if (list.childElementCount > LINES_MAX) {
    list.firstElementChild?.remove();
  }
  if (isAtEnd) {
    frame.scrollTop = frame.scrollHeight;
  }
}

look();
