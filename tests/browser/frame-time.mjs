// Measures what a frame of the page costs in JavaScript and WebAssembly while a crowd is in view.
// Run by hand: `node tests/browser/frame-time.mjs`; `--help` says more. It prints figures and
// fails nothing.
//
// A headless browser has no graphics card: the processor would do the work of WebGL calls. During
// the measurement those calls are empty functions, so only the page's own work remains.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { drawMadeUp } from './made-up.mjs';

const HELP = `Measures the time that a frame of the page takes in JavaScript and WebAssembly.

Usage: node tests/browser/frame-time.mjs [OPTION]...

Starts a server, a swarm of bots in a world that is all in one view (one in eight fights), and a
headless Chromium; counts the time of each frame's work without the WebGL calls. In a crowd shots
hit at once: a made-up picture of as many ships with 600 shots is drawn as well, without the
WebAssembly. Takes the release build of drumbeat and drumbeat-bots if there is one, else the debug
build; the page's files as they are in assets/.

  --bots <N>       ships beside the player's (1000)
  --frames <N>     frames to measure (300)
  --draw <gl|2d>   what draws (gl); with 2d the calls to the canvas are part of the time
  --tick-hz <HZ>   of the server (20)
  --shot <FILE>    where to keep a screenshot of the crowd
  --profile <FILE> where to keep a CPU profile of the measured frames
  --help           this text
`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT_MS = 120_000;
/** Frames after which the code that draws the made-up picture is compiled. */
const WARM_UP = 200;
// The world is as large as a view, so all see each other.
const MAP = `name = "Crowd"
[world]
width = 1520.0
height = 820.0
[rocks]
per_view = 1.0
fixed = []
`;
const TYPES = { js: 'text/javascript', css: 'text/css', html: 'text/html', wasm: 'application/wasm', svg: 'image/svg+xml' };

/** The path of the built program with this name; the release build, if there is one. */
function program(name) {
  const found = ['release', 'debug'].map((profile) => `${root}target/${profile}/${name}`).find(existsSync);
  if (found) return found;
  console.error(`${name} is not built: run cargo build --release`);
  process.exit(1);
}

/** Starts a program that ends with this one; `found` resolves to the first match in its output. */
function start(name, args, wanted) {
  const child = spawn(program(name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  const found = new Promise((resolve, reject) => {
    const read = (chunk) => {
      said += chunk;
      const match = wanted.exec(said);
      if (match) resolve(match[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      reject(new Error(`${name} ended; it said:\n${said}`));
      if (code) console.error(`${name} ended (${code}); it said:\n${said}`);
    });
  });
  return { child, found };
}

/** Serves the page's files from the folder, and the rest from the server. */
async function serveAssets(context) {
  const file = ({ pathname }) => `${root}assets${pathname === '/' ? '/index.html' : pathname}`;
  const known = (url) => existsSync(file(url)) && statSync(file(url)).isFile();
  await context.route(known, (route) => {
    const path = file(new URL(route.request().url()));
    return route.fulfill({ body: readFileSync(path), contentType: TYPES[path.split('.').pop()] });
  });
}

/** Runs in the page before its scripts: times what each frame does, and can empty WebGL. */
function instrument() {
  window.frameTimes = null;
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (frame) => request((now) => {
    const from = performance.now();
    frame(now);
    window.frameTimes?.push(performance.now() - from);
  });
  window.emptyGl = () => {
    const calls = WebGL2RenderingContext.prototype;
    for (const name of Object.getOwnPropertyNames(calls)) {
      // They return `true`, so that a program linked from now on counts as linked.
      if (typeof Object.getOwnPropertyDescriptor(calls, name).value === 'function') calls[name] = () => true;
    }
  };
}

async function measure(browser, url, asked) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await serveAssets(context);
  await context.addInitScript(instrument);
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  page.on('pageerror', (error) => console.error(error.stack));
  await page.goto(`${url}/?autoplay&name=Ada&draw=${asked.draw}`);
  console.error('waiting until the crowd is in view ...');
  const most = Math.floor(Number(asked.bots) * 0.9);
  await page.waitForFunction((least) => window.drumbeat?.others.filter(({ kind }) => kind === 'ship').length >= least, most, { polling: 500 });
  if (asked.shot) await page.screenshot({ path: asked.shot });
  if (asked.draw !== '2d') await page.evaluate(() => window.emptyGl());
  const devtools = await context.newCDPSession(page);
  // Processor time instead of wall-clock time, so that other programs do not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  // The first pictures cost more than later ones.
  const frame = await page.evaluate(() => window.drumbeat.frame);
  await page.waitForFunction((least) => window.drumbeat.frame >= least, frame + 60);
  if (asked.profile) {
    await devtools.send('Profiler.enable');
    await devtools.send('Profiler.start');
  }
  const scriptTime = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration').value * 1_000;
  };
  const before = await scriptTime();
  await page.evaluate(() => (window.frameTimes = []));
  await page.waitForFunction((count) => window.frameTimes.length >= count, Number(asked.frames), { polling: 500 });
  const times = await page.evaluate(() => window.frameTimes);
  const script = (await scriptTime()) - before;
  if (asked.profile) writeFileSync(asked.profile, JSON.stringify((await devtools.send('Profiler.stop')).profile));
  const kinds = await page.evaluate(() => window.drumbeat.others.map(({ kind }) => kind));
  const wanted = { ships: Number(asked.bots), shots: 600, frames: Number(asked.frames) + WARM_UP, draw: asked.draw };
  const madeUp = await page.evaluate(drawMadeUp, wanted);
  return { times, script, kinds, madeUp, wanted };
}

function percentiles(times) {
  const sorted = times.slice().sort((a, b) => a - b);
  const at = (share) => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`;
}

function print({ times, script, kinds, madeUp, wanted }, draw) {
  const count = (kind) => kinds.filter((other) => other === kind).length;
  console.log(`in view: ${count('ship')} ships, ${count('shot')} shots; drawn with ${draw}; ${times.length} frames`);
  console.log(`a frame's work: ${percentiles(times)}`);
  console.log(`all scripts, messages of the server included: ${(script / times.length).toFixed(2)} ms of processor time per frame`);
  console.log(`made up: ${wanted.ships} ships, ${wanted.shots} shots, ${madeUp.sprites} sprites: ${percentiles(madeUp.times.slice(WARM_UP))}`);
}

async function main() {
  const text = (standard) => ({ type: /** @type {const} */ ('string'), default: standard });
  const { values: asked } = parseArgs({
    options: {
      bots: text('1000'), frames: text('300'), draw: text('gl'), 'tick-hz': text('20'),
      shot: { type: 'string' }, profile: { type: 'string' }, help: { type: 'boolean', default: false },
    },
  });
  if (asked.help) return void process.stdout.write(HELP);
  const folder = mkdtempSync(`${tmpdir()}/drumbeat-`);
  process.once('exit', () => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/crowd.toml`, MAP);
  const server = start('drumbeat', [
    '--listen', '127.0.0.1:0', '--seed', '7', '--map', `${folder}/crowd.toml`, '--house-bots', '0', '--round-minutes', '0',
    '--tick-hz', asked['tick-hz'], '--capacity', String(Number(asked.bots) + 16),
  ], /http:\/\/127\.0\.0\.1:\d+/);
  const url = await server.found;
  // One in eight plays to win; the others only fly about, with one witness, to spare the machine.
  const swarm = (bots, ...brain) => start('drumbeat-bots', [
    '--url', url.replace('http', 'ws'), '--bots', String(bots), '--seconds', '300', ...brain,
  ], /./);
  const fighters = Math.ceil(Number(asked.bots) / 8);
  const swarms = [
    swarm(fighters, '--brain', 'fight'),
    swarm(Number(asked.bots) - fighters, '--brain', 'drift', '--witnesses', '1', '--seed', '2'),
  ];
  const browser = await chromium.launch({
    executablePath: process.env.DRUMBEAT_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
      // Files that this program serves count as from no network, and without this could not open a
      // connection to this machine.
      '--disable-features=LocalNetworkAccessChecks',
    ],
  });
  try {
    print(await measure(browser, url, asked), asked.draw);
  } finally {
    await browser.close();
    for (const { child } of swarms) child.kill('SIGTERM');
    server.child.kill('SIGINT');
  }
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
