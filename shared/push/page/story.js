// What a job has said so far, message by message. Nothing of the page is here.

/** Limit of samples and of lines that a page holds. */
export const HELD_MAX = 4096;

/**
 * @typedef {{ stage: string, done: number, of: number, unit: string }} Progress
 * @typedef {{ at: number, stage: string, values: Record<string, number | null> }} Sample
 * @typedef {{ title: string, unit: string, series: { key: string, name: string }[] }} ChartAbout
 * @typedef {{ title: string, heads: string[], rows: string[][] }} Table
 * @typedef {{ words: string, failures: string[], tables: Table[], report: unknown }} Result
 * @typedef {{ id: string, title: string, state: string, about: { charts?: ChartAbout[] } | null, progress: Progress | null }} Head
 * @typedef {{ n?: number, at_s?: number, job?: Head, missed?: number, line?: string, progress?: Progress,
 *   sample?: Record<string, number | null> | null, so_far?: Result | null, end?: string, result?: Result | null, reason?: string }} Message
 */

export class Story {
  /** @type {Head | null} */
  job = null;
  /** @type {Progress | null} */
  progress = null;
  /** @type {Sample[]} */
  samples = [];
  /** @type {{ at: number, text: string }[]} */
  lines = [];
  /** What was found so far, and at the end in all: null if that is too long. @type {Result | null} */
  result = null;
  /** @type {{ state: string, at: number, reason: string } | null} */
  end = null;
  missed = 0;
  #seen = 0;

  /**
   * Takes a message in; one that was there before changes nothing.
   * @param {Message} message
   */
  add(message) {
    if (message.job) {
      this.job = message.job;
      this.progress = message.job.progress ?? this.progress;
    }
    this.missed += message.missed ?? 0;
    if (message.n === undefined || message.n <= this.#seen) {
      return;
    }
    this.#seen = message.n;
    const at = message.at_s ?? 0;
    if (message.line !== undefined) {
      hold(this.lines, { at, text: message.line });
    }
    if (message.progress) {
      this.progress = message.progress;
      hold(this.samples, { at, stage: message.progress.stage, values: message.sample ?? {} });
    }
    this.result = message.end === 'done' ? message.result ?? null : message.so_far ?? this.result;
    if (message.end) {
      this.end = { state: message.end, at, reason: message.reason ?? '' };
    }
  }
}

/**
 * @template T
 * @param {T[]} list
 * @param {T} item
 */
function hold(list, item) {
  list.push(item);
  if (list.length > HELD_MAX) {
    list.shift();
  }
}

/**
 * A length of time as a clock shows it.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return text.replace(/^00:/, '').replace(/^0(\d:)/, '$1');
}
