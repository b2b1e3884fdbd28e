// A player's controls by name: from what a page holds to the values that the core takes.

/** @typedef {import('./types.js').Control} Control */
/** @typedef {import('./types.js').Held} Held */

/** The controls of a game. */
export class Controls {
  #game;
  /** @type {Map<string, number>} */
  #places;

  /**
   * @param {string} game its name, for what is reported
   * @param {readonly Control[]} controls in the order in which the core takes them
   */
  constructor(game, controls) {
    this.#game = game;
    /** The controls in the core's order; none if the game does not describe them. */
    this.list = controls;
    this.#places = new Map(controls.map(({ name }, at) => [name, at]));
  }

  /**
   * The values that the core takes. What is not named has its default. A mistake is reported and
   * does not stop the game: an unknown name is passed over, a number outside its range becomes the
   * nearest one in it, and what is no value of its control becomes the default.
   * @param {Held} held
   * @param {(name: string, mistake: string) => void} report
   */
  values(held, report) {
    const values = Int32Array.from(this.list, (control) => control.default);
    for (const [name, value] of Object.entries(held)) {
      const at = this.#places.get(name);
      if (at === undefined) report(name, this.#unknown(name));
      else if (value !== undefined && value !== null) {
        values[at] = steps(this.list[at], value, (mistake) => report(name, mistake));
      }
    }
    return values;
  }

  /** @param {string} name */
  #unknown(name) {
    if (this.list.length === 0) return `${this.#game} describes no controls: hold them as bytes, a Uint8Array`;
    return `${this.#game} has no control ${name}; it has ${[...this.#places.keys()].join(', ')}`;
  }
}

/**
 * The value of one control in its steps.
 * @param {Control} control
 * @param {number | boolean | string} held
 * @param {(mistake: string) => void} report
 */
function steps(control, held, report) {
  const { min, max, turns, values } = control;
  const named = typeof held === 'string';
  const mistake = () => report(`${control.name} is ${named ? `"${held}"` : held}; it takes ${range(control)}`);
  const number = named ? values.indexOf(held) : Math.round(Number(held) * control.steps_per_unit);
  if (Number.isNaN(number) || (named && number < 0)) {
    mistake();
    return control.default;
  }
  if (turns && Number.isFinite(number)) {
    const span = max - min + 1;
    return min + ((((number - min) % span) + span) % span);
  }
  const nearest = Math.min(Math.max(number, min), max);
  if (nearest !== number) mistake();
  return nearest;
}

/** @param {Control} control */
function range({ min, max, steps_per_unit: unit, values }) {
  return values.length > 0 ? values.slice(min, max + 1).join(', ') : `${min / unit} to ${max / unit}`;
}
