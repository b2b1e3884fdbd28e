// Plays as a newcomer would, in Chromium and in Firefox, and prints how it went: kills, deaths, how
// smooth the picture was, how soon it showed an input. Run by hand:
// `node tests/browser/newcomer.mjs`; `--help` says more. It prints figures and fails nothing.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Plays Arena by script as a newcomer does: types a name, presses Enter, flies at the nearest
ship and fires at where it is, with a hand that is 90 ms late and aims 0.14 rad wide.

Usage: node tests/browser/newcomer.mjs [OPTION]...

  --browser <NAME>   chromium or firefox (both, one after the other)
  --seconds <S>      how long to play (60)
  --size <WxH>       of the window (1280x720)
  --seed <N>         of the hand's errors, printed (7)
  --page <FOLDER>    serves this page instead of the server's own
  --shot <FILE>      where to keep a screenshot at the end
  --help             this text

The server is DRUMBEAT_BIN, else the debug build; the browsers are found as by the tests.
`;

const STEP_MS = 90;
const AIM_ERROR = 0.14;
/** Closer than this the newcomer keeps its distance, world units. */
const CLOSE = 220;

/** Runs in the page before its scripts: counts the time from picture to picture while playing. */
function watchPictures() {
  window.spacings = [];
  let last = 0;
  const picture = (now) => {
    if (window.drumbeat?.state === 'playing' && last > 0) window.spacings.push(now - last);
    last = now;
    requestAnimationFrame(picture);
  };
  requestAnimationFrame(picture);
}

/** What the newcomer sees: the own ship and its nearest enemy, on the screen and in the world. */
function look() {
  const { own, others, camera, state } = window.drumbeat;
  const ships = others.filter(({ kind }) => kind === 'ship');
  if (!own || ships.length === 0) return { state, own: own && { x: innerWidth / 2, y: innerHeight / 2 }, foe: null };
  const far = ({ x, y }) => Math.hypot(x - own.x, y - own.y);
  const foe = ships.reduce((best, ship) => (far(ship) < far(best) ? ship : best));
  const onScreen = ({ x, y }) => ({ x: innerWidth / 2 + (x - camera.x) * camera.scale, y: innerHeight / 2 + (y - camera.y) * camera.scale });
  return { state, own: onScreen(own), foe: { ...onScreen(foe), far: far(foe) } };
}

/** Numbers from 0 to 1, the same for the same seed. */
function* chances(seed) {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Holds exactly these keys. */
async function hold(keyboard, held, wanted) {
  for (const key of [...held].filter((key) => !wanted.includes(key))) {
    await keyboard.up(key);
    held.delete(key);
  }
  for (const key of wanted.filter((key) => !held.has(key))) {
    await keyboard.down(key);
    held.add(key);
  }
}

async function play(page, { seconds, seed }) {
  const random = chances(seed);
  const held = new Set();
  const until = performance.now() + seconds * 1_000;
  await page.mouse.move(640, 300);
  await page.mouse.down();
  while (performance.now() < until) {
    const from = performance.now();
    const { own, foe } = await page.evaluate(look);
    if (own && foe) {
      const angle = Math.atan2(foe.y - own.y, foe.x - own.x) + (random.next().value - 0.5) * 2 * AIM_ERROR;
      await page.mouse.move(own.x + Math.cos(angle) * 160, own.y + Math.sin(angle) * 160);
      const sign = foe.far > CLOSE ? 1 : -1;
      const keys = [Math.cos(angle) * sign > 0.4 ? 'KeyD' : Math.cos(angle) * sign < -0.4 ? 'KeyA' : '', Math.sin(angle) * sign > 0.4 ? 'KeyS' : Math.sin(angle) * sign < -0.4 ? 'KeyW' : ''];
      await hold(page.keyboard, held, keys.filter(Boolean));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, STEP_MS - (performance.now() - from))));
  }
  await page.mouse.up();
  await hold(page.keyboard, held, []);
}

async function measure(options) {
  process.env.DRUMBEAT_BROWSER = options.browser === 'firefox' ? 'firefox' : '';
  const { launchBrowser, openPlayer } = await import('./player.mjs');
  const { startServer } = await import('./server.mjs');
  const [width, height] = options.size.split('x').map(Number);
  const server = await startServer(...(options.page ? ['--page', options.page] : []));
  const browser = await launchBrowser();
  try {
    const newcomer = await openPlayer(browser, { viewport: { width, height } }, `${server.url}/`, watchPictures);
    await newcomer.page.getByRole('textbox', { name: /name/i }).fill('Newcomer');
    await newcomer.press('Enter');
    await newcomer.until(() => window.drumbeat?.own);
    await play(newcomer.page, { seconds: Number(options.seconds), seed: Number(options.seed) });
    if (options.shot) await newcomer.page.screenshot({ path: options.shot });
    const seen = await newcomer.page.evaluate(() => {
      const { private: own, stats } = window.drumbeat;
      return { own, feel: stats.feel, spacings: window.spacings };
    });
    report(options, seen);
  } finally {
    await browser.close();
    await server.stop();
  }
}

function report({ browser, seconds, size, seed }, { own, feel, spacings }) {
  const sorted = [...spacings].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
  const slow = (100 * spacings.filter((ms) => ms > 34).length) / Math.max(1, spacings.length);
  console.log(`${browser}, ${seconds} s at ${size}, seed ${seed}`);
  console.log(`  ${own.kills} kills, ${own.deaths} deaths, ${own.score} points, place ${own.place} of ${own.players}`);
  console.log(`  pictures: ${spacings.length}; from one to the next p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} ms; over 34 ms: ${slow.toFixed(2)} %`);
  console.log(`  input to picture p50: ${feel.input_to_display_ms_p50.toFixed(0)} ms`);
}

const { values } = parseArgs({
  options: {
    browser: { type: 'string' }, seconds: { type: 'string', default: '60' }, size: { type: 'string', default: '1280x720' },
    seed: { type: 'string', default: '7' }, page: { type: 'string' }, shot: { type: 'string' }, help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else if (values.browser) await measure(values).then(() => process.exit(0));
else for (const browser of ['chromium', 'firefox']) spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--browser', browser], { stdio: 'inherit' });
