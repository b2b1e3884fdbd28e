// Whether WebGL draws fast enough here, by its first pictures. Not every browser says that the processor
// does its work: WebKitGTK draws two pictures a second so, and many more on a 2D canvas.

/** Until then the page itself is still busy with its start. */
const WARM_UP_MS = 2_000;
/** How long pictures are counted at least, and how many of them. */
const TRIAL_MS = 3_000;
const PICTURES_MIN = 5;
/** Without a picture for so long the page was in the background. */
const AWAY_MS = 3_000;
/** A median above this is too slow: 15 pictures a second. */
const SLOW_MS = 1_000 / 15;

export class Trial {
  #from = NaN;
  #last = NaN;
  /** Times between pictures, milliseconds.
   * @type {number[]} */
  #gaps = [];

  /**
   * Notes a picture.
   * @param {number} now milliseconds
   * @returns {'fast' | 'slow' | null} null while that is open
   */
  drew(now) {
    if (!(now - this.#last < AWAY_MS)) {
      // The first picture, or the first after a while in the background.
      this.#from = now;
      this.#gaps = [];
    } else if (now - this.#from >= WARM_UP_MS) {
      this.#gaps.push(now - this.#last);
    }
    this.#last = now;
    if (now - this.#from < WARM_UP_MS + TRIAL_MS || this.#gaps.length < PICTURES_MIN) return null;
    return median(this.#gaps) > SLOW_MS ? 'slow' : 'fast';
  }
}

/** @param {number[]} numbers */
function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
