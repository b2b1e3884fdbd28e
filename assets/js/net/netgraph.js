// The net graph (F3): what the connection does, in numbers and as the spacing of the frames.

const WINDOW_MS = 10_000;
const FRAMES_MAX = 2_048;

/** Rates and the graph; feed it every frame and, about ten times a second, the counters. */
export class NetGraph {
  #arrivals = [];
  #samples = [];
  #drawn = [];

  /** A state frame came. */
  arrived(now) {
    keep(this.#arrivals, now, WINDOW_MS);
  }

  /** The screen was drawn. */
  drew(now) {
    keep(this.#drawn, now, 1000);
  }

  /** Forgets a connection that has ended. */
  reset() {
    this.#arrivals = [];
    this.#samples = [];
  }

  /** Screen frames in the last second. */
  get fps() {
    return this.#drawn.length;
  }

  /** The counters at this time. */
  sample(stats, now) {
    this.#samples.push({ now, stats });
    while (this.#samples.length > 2 && this.#samples[1].now < now - 2000) this.#samples.shift();
  }

  /** Growth of a counter per second, over the last two seconds. */
  rate(name) {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || last.now <= first.now) return 0;
    return ((last.stats[name] - first.stats[name]) * 1000) / (last.now - first.now);
  }

  /** Payload bytes per visible entity per tick, over the last two seconds. */
  get bytesPerEntity() {
    const visible = this.rate('visible_sum');
    return visible > 0 ? this.rate('delta_bytes_in') / visible : 0;
  }

  /** The rows to show: name and value. */
  rows(tick) {
    const stats = this.#samples.at(-1)?.stats;
    if (!stats) return [['net', 'no connection']];
    return [
      ['RTT', milliseconds(stats.rtt_us)],
      ['jitter', milliseconds(stats.jitter_us)],
      ['buffer', milliseconds(stats.buffer_us)],
      ['tick', String(tick)],
      ['ticks skipped', String(stats.ticks_skipped)],
      ['inputs pending', String(stats.pending_inputs)],
      ['corrections', `${this.rate('corrections').toFixed(1)} /s`],
      ['mismatches', `${stats.mismatches} of ${stats.checksums}`],
      ['in', `${kilobytes(this.rate('bytes_in'))} kB/s`],
      ['out', `${kilobytes(this.rate('bytes_out'))} kB/s`],
      ['per entity, tick', `${this.bytesPerEntity.toFixed(2)} B`],
      ['screen', `${this.fps} fps`],
    ];
  }

  /** Draws the spacing of the frames of the last ten seconds; the line is an even beat. */
  paint(canvas, now, tickHz, colours) {
    const context = canvas.getContext('2d');
    const { width, height } = canvas;
    const even = 1000 / tickHz;
    const y = (spacing) => height - Math.min(1, spacing / (even * 3)) * height;
    context.clearRect(0, 0, width, height);
    for (let i = 1; i < this.#arrivals.length; i += 1) {
      const spacing = this.#arrivals[i] - this.#arrivals[i - 1];
      const x = width - ((now - this.#arrivals[i]) / WINDOW_MS) * width;
      context.fillStyle = spacing > even * 2 ? colours.bad : colours.good;
      context.fillRect(x, y(spacing), Math.max(1, width / 400), height - y(spacing));
    }
    context.fillStyle = colours.line;
    context.fillRect(0, y(even), width, 1);
  }
}

/** Adds a time and drops those from before the window. */
function keep(times, now, window) {
  times.push(now);
  while (times[0] < now - window || times.length > FRAMES_MAX) times.shift();
}

function milliseconds(us) {
  return `${(us / 1000).toFixed(1)} ms`;
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(2);
}
