// What a pointer does on the board: draws, sticks notes, selects, drags, moves the view.

/** How near an object has to be to be hit, and how far a pointer goes before it drags, pixels. */
const [REACH, SLACK] = [8, 4];
/** How often what is drawn goes out, and how long a finger waits for another: then both move the view
 * and nothing was drawn. Milliseconds. */
const [EXTEND_MS, FINGER_MS] = [50, 150];
/** A line that is broken off stays if it has so many numbers in its points. */
const MEANT = 20;

/** @typedef {'pen' | 'note' | 'select' | 'hand'} Tool */
/** @typedef {{x: number, y: number}} Point */

export class Tools {
  /** @type {Tool} */
  tool = 'pen';
  colour = Math.floor(Math.random() * 7);
  width = 1;
  /** Whether the space bar is held: the view moves then. */
  space = false;
  /** Where the pointer is, pixels of the page; null while it is not over the board.
   * @type {Point | null} */
  pointer = null;
  /** The frame of a selection, units.
   * @type {import('./camera.js').Box | null} */
  frame = null;
  /** The fingers and buttons that are down, by id.
   * @type {Map<number, Point>} */
  #down = new Map();
  /** What the first of them does.
   * @type {{move(at: Point, all: Point[]): void, end(cancelled: boolean): void} | null} */
  #gesture = null;
  /** What follows when the gesture was a click: not before the browser has moved the focus for it, which
   * comes later for a finger.
   * @type {(() => void) | null} */
  #then = null;
  /** @type {import('./pen.js').Draft | null} */
  draft = null;
  #extendAt = 0;
  #camera;
  #board;
  #does;

  /**
   * @param {HTMLElement} over
   * @param {import('./camera.js').Camera} camera
   * @param {import('./board.js').Board} board
   * @param {{note(place: Point): void, edit(key: string): void, moved(): void, chosen(): void, may(): boolean}} does
   */
  constructor(over, camera, board, does) {
    this.#camera = camera;
    this.#board = board;
    this.#does = does;
    over.addEventListener('pointerdown', (event) => this.#press(event, over));
    over.addEventListener('pointermove', (event) => this.#move(event));
    for (const kind of ['pointerup', 'pointercancel']) over.addEventListener(kind, (event) => this.#release(/** @type {PointerEvent} */ (event)));
    over.addEventListener('blur', () => over.classList.remove('pressed'));
    over.addEventListener('pointerleave', () => (this.pointer = null));
    over.addEventListener('click', () => {
      const then = this.#then;
      this.#then = null;
      then?.();
    });
    over.addEventListener('dblclick', (event) => this.#edit(event));
    over.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    over.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** Sends what was drawn since the last time. @param {number} now */
  pump(now) {
    if (!this.draft || now < this.#extendAt) return;
    this.#extendAt = now + EXTEND_MS;
    this.#board.extend(this.draft);
  }

  /** Ends what a pointer does: its line stays as it is. */
  lift() {
    this.#gesture?.end(false);
    this.#gesture = null;
  }

  /** @param {PointerEvent} event @param {HTMLElement} over */
  #press(event, over) {
    event.preventDefault();
    over.focus({ preventScroll: true });
    over.classList.add('pressed');
    over.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    this.#down.set(event.pointerId, at);
    this.pointer = at;
    this.#then = null;
    if (this.#down.size === 2) return this.#pinch();
    if (this.#down.size > 2) return;
    const isHand = event.button === 1 || this.space || this.tool === 'hand';
    if (isHand) this.#gesture = this.#pan(at);
    else if (event.button !== 0 || !this.#does.may()) this.#gesture = null;
    else if (this.tool === 'pen') this.#gesture = this.#draw(at, event.pointerType === 'touch' ? FINGER_MS : 0);
    else if (this.tool === 'note') this.#gesture = this.#place(this.#camera.place(at));
    else this.#gesture = this.#select(at, event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    // Every place that the pointer has been at, not only the one of this picture.
    const all = event.getCoalescedEvents?.().map(pointOf) ?? [];
    const at = pointOf(event);
    this.pointer = at;
    if (this.#down.has(event.pointerId)) this.#down.set(event.pointerId, at);
    if (this.#down.size) this.#gesture?.move(at, all.length ? all : [at]);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    if (!this.#down.delete(event.pointerId)) return;
    if (event.pointerType === 'touch' && this.#down.size === 0) this.pointer = null;
    this.#gesture?.end(event.type === 'pointercancel');
    this.#gesture = null;
  }

  #draw(at, wait = 0) {
    this.#extendAt = performance.now() + wait;
    const draft = this.#board.begin(this.#camera.place(at), this.#camera.zoom, this.colour, this.width);
    this.draft = draft;
    return {
      move: (_, all) => {
        // A line that is as long as one can be goes on as another.
        if (draft.isFull) return [this.lift(), (this.#gesture = this.#draw(all[0]))];
        for (const point of all) draft.to(this.#camera.place(point));
        this.#board.isDirty = true;
      },
      end: (cancelled) => {
        this.draft = null;
        if (cancelled && draft.points.length < MEANT) this.#board.takeBack(draft);
        else this.#board.finish(draft);
      },
    };
  }

  #place(place) {
    return {
      move() {},
      end: (cancelled) => {
        if (!cancelled) this.#then = () => this.#does.note(place);
      },
    };
  }

  #select(at, { shiftKey: adds, pointerType }) {
    const [board, camera] = [this.#board, this.#camera];
    const start = camera.place(at);
    const hit = board.objects.at(start, REACH / camera.zoom);
    // A finger that meets what is selected alone writes on it; a mouse clicks twice.
    const writes = hit && pointerType === 'touch' && board.selected.size === 1 && board.selected.has(hit);
    if (hit && adds && board.selected.has(hit)) board.selected.delete(hit);
    else if (hit && !board.selected.has(hit)) board.selected = new Set([...(adds ? board.selected : []), hit]);
    const before = adds || hit ? new Set(board.selected) : new Set();
    board.selected = before;
    this.#does.chosen();
    let by = { x: 0, y: 0 };
    let drags = false;
    return {
      move: (to) => {
        drags ||= Math.hypot(to.x - at.x, to.y - at.y) > SLACK;
        const place = camera.place(to);
        if (!drags) return;
        by = { x: place.x - start.x, y: place.y - start.y };
        if (hit) return board.dragBy(by);
        this.frame = { left: Math.min(start.x, place.x), top: Math.min(start.y, place.y), right: Math.max(start.x, place.x), bottom: Math.max(start.y, place.y) };
        board.selected = new Set([...before, ...board.objects.within(this.frame)]);
      },
      end: (cancelled) => {
        if (hit && drags) board.drop(cancelled ? { x: 0, y: 0 } : by);
        else if (writes && !cancelled) this.#then = () => this.#does.edit(hit);
        this.frame = null;
        this.#does.chosen();
      },
    };
  }

  #pan(at) {
    let before = at;
    return {
      move: (to) => {
        this.#camera.pan(to.x - before.x, to.y - before.y);
        before = to;
        this.#does.moved();
      },
      end() {},
    };
  }

  /** Two fingers move and zoom the view. */
  #pinch() {
    this.#gesture?.end(true);
    const middle = () => {
      const [a, b] = [...this.#down.values()];
      return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
    };
    let before = middle();
    this.#gesture = {
      move: () => {
        if (this.#down.size < 2) return;
        const now = middle();
        this.#camera.pan(now.x - before.x, now.y - before.y);
        this.#camera.zoomBy(now.apart / before.apart, now);
        before = now;
        this.#does.moved();
      },
      end() {},
    };
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.shiftKey) this.#camera.pan(-pixels * (event.deltaX || event.deltaY), 0);
    else this.#camera.zoomBy(Math.exp((-pixels * event.deltaY) / (event.ctrlKey ? 100 : 500)), pointOf(event));
    this.#does.moved();
  }

  /** @param {MouseEvent} event */
  #edit(event) {
    const key = this.#board.objects.at(this.#camera.place(pointOf(event)), 0);
    if (key && this.tool === 'select' && this.#board.objects.notes.has(key)) this.#does.edit(key);
  }
}

/** @param {MouseEvent} event @returns {Point} */
function pointOf({ clientX: x, clientY: y }) {
  return { x, y };
}
