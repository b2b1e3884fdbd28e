// Measures how long a newcomer waits on a slow link: until the title shows, until Play can be pressed, and
// until the own ship is on the screen. `--help` says more.

import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { launchBrowser } from './player.mjs';
import { startServer } from './server.mjs';
import { SlowLink } from './slow-link.mjs';

const HELP = `Usage: node tests/browser/time-to-play.mjs [OPTION]...

Opens the page in a headless Chromium through a relay that models a slow link: a round trip, one
bottleneck for all connections, TCP's handshake, and its slow start on each connection. Prints, for a
first visit and for a return with a full cache, in milliseconds from the start of the navigation:
    title    the first picture of the page
    play     Play can be pressed; it is pressed at once
    ship     the own ship is on the screen
and, of a further visit that presses Play after some seconds, how long it takes from there to the ship.
Bytes are those from the server, HTTP's own included, WebSockets left out.

    --rtt MS         the round trip (100)
    --kbps N         the bottleneck, kilobits a second (1600)
    --runs N         visits of each kind; the median counts (5)
    --page FOLDER    serves this page instead of the program's
DRUMBEAT_BIN names the program (target/debug/drumbeat), which should be a release build: others serve the
page unbundled.
`;

const { values: options } = parseArgs({
  options: {
    rtt: { type: 'string', default: '100' },
    kbps: { type: 'string', default: '1600' },
    runs: { type: 'string', default: '5' },
    page: { type: 'string' },
    help: { type: 'boolean' },
  },
});
/** How long who looks at the title waits before Play. */
const LOOKS_MS = 4_000;

/** A relay in front of a server, behind this link. */
export async function openSlowRelay(server, { roundTripMs, kbps }) {
  const link = new SlowLink({ roundTripMs, kbps });
  const counted = { bytes: 0 };
  const clock = () => performance.now();
  let timer;
  const advance = () => {
    clearTimeout(timer);
    const next = link.advance(clock());
    if (next < Infinity) timer = setTimeout(advance, Math.max(0, next - clock()));
  };
  const relay = createServer((near) => {
    const far = connect(server.port, '127.0.0.1');
    let [isGame, openedAt] = [false, clock()];
    const flow = link.open((bytes) => {
      counted.bytes += isGame ? 0 : bytes.length;
      near.write(bytes);
    });
    near.on('data', (bytes) => {
      isGame ||= /^GET \/ws/.test(bytes.toString('latin1', 0, 8));
      // The client's handshake took a round trip, which loopback did not.
      const at = Math.max(clock(), openedAt + roundTripMs) + roundTripMs / 2;
      setTimeout(() => far.writable && far.write(bytes), at - clock());
    });
    far.on('data', (bytes) => {
      link.send(flow, bytes, clock());
      advance();
    });
    const end = () => {
      link.close(flow);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end).setNoDelay(true);
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${relay.address().port}`,
    counted,
    close: () => {
      clearTimeout(timer);
      relay.close();
    },
  };
}

/** Runs in the page: notes when what happens, and presses Play after a while. */
function watch(looksMs) {
  const seen = (window.seen = {});
  const step = () => {
    const button = document.getElementById('play');
    const now = performance.now();
    seen.title ??= performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    if (seen.title && button && !button.disabled) seen.play ??= now;
    if (seen.play && !seen.pressed && now >= seen.play + looksMs) {
      seen.pressed = now;
      button.click();
    }
    if (seen.pressed && window.drumbeat?.own) {
      seen.ship = performance.now();
      return;
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** One visit. */
async function visit(context, relay, looksMs) {
  const page = await context.newPage();
  let requests = 0;
  page.on('request', (request) => (requests += /^http/.test(request.url()) ? 1 : 0));
  await page.addInitScript(watch, looksMs);
  relay.counted.bytes = 0;
  await page.goto(relay.url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.seen?.ship, undefined, { timeout: 60_000 });
  const seen = await page.evaluate(() => window.seen);
  await page.close();
  const { title, play, pressed, ship } = seen;
  return { title, play, ship, after: ship - pressed, requests, bytes: relay.counted.bytes };
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

async function main() {
  if (options.help) return console.log(HELP);
  const link = { roundTripMs: Number(options.rtt), kbps: Number(options.kbps) };
  const server = await startServer(...(options.page ? ['--page', options.page] : []));
  const browser = await launchBrowser();
  const relay = await openSlowRelay(server, link);
  const kinds = { first: [], return: [], later: [] };
  for (let run = 0; run < Number(options.runs); run += 1) {
    const context = await browser.newContext({ viewport: { width: 1024, height: 600 } });
    kinds.first.push(await visit(context, relay, 0));
    kinds.return.push(await visit(context, relay, 0));
    kinds.later.push(await visit(context, relay, LOOKS_MS));
    await context.close();
  }
  console.log(`${options.rtt} ms round trip, ${options.kbps} kbit/s, median of ${options.runs}`);
  console.log('visit     requests     bytes   title    play    ship');
  for (const kind of ['first', 'return']) {
    const of = (name) => Math.round(median(kinds[kind].map((seen) => seen[name])));
    const cell = (name, width) => String(of(name)).padStart(width);
    console.log(`${kind.padEnd(9)}${cell('requests', 9)}${cell('bytes', 10)}${cell('title', 8)}${cell('play', 8)}${cell('ship', 8)}`);
  }
  console.log(`from Play to the ship, after ${LOOKS_MS / 1000} s at the title: ${Math.round(median(kinds.later.map(({ after }) => after)))} ms`);
  await browser.close();
  relay.close();
  await server.stop();
}

await main();
