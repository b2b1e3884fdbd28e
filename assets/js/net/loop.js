// Two beats: the screen's, and the server's tick as an even pulse within it.

/** Ticks that may be due at once; who was away for longer does not catch up. */
const DUE_MAX = 4;

/** Says which ticks have become due. */
export class Pulse {
  #period;
  #next = null;

  constructor(hz) {
    this.#period = 1000 / hz;
  }

  /**
   * The exact times of the ticks that became due since the last call. Controls that bear these
   * rather than the screen's uneven times let the own avatar move evenly.
   * @param {number} now milliseconds
   * @returns {number[]}
   */
  due(now) {
    this.#next ??= now;
    if (now - this.#next > DUE_MAX * this.#period) this.#next = now;
    const times = [];
    for (; this.#next <= now; this.#next += this.#period) times.push(this.#next);
    return times;
  }
}

const HIDDEN_MS = 250;

/**
 * Calls `frame(now, visible)` for every frame of the screen, and a few times a second while the
 * page is hidden, when browsers hold the frames back.
 */
export function run(frame) {
  const onFrame = (now) => {
    // First, so that a frame that fails is not the last.
    requestAnimationFrame(onFrame);
    frame(now, true);
  };
  requestAnimationFrame(onFrame);
  setInterval(() => {
    if (document.hidden) frame(performance.now(), false);
  }, HIDDEN_MS);
}
