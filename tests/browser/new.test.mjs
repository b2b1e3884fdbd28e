// From nothing to playing: what `drumbeat new` writes is tested, served, loaded with bots, played by
// two tabs and changed while it runs, in a folder outside the repository. docs/your-game.md shows
// these commands.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LIMIT_MS, launchBrowser } from './player.mjs';
import { binary, openRelay } from './server.mjs';

const top = mkdtempSync(join(tmpdir(), 'drumbeat-new-'));
const game = join(top, 'my-game');
/** A build on a machine that does other things as well. */
const BUILD_MS = 900_000;
const env = Object.fromEntries([
  ...Object.entries(process.env).filter(([name]) => !name.startsWith('DRUMBEAT_')),
  ['PATH', `${dirname(binary)}${delimiter}${process.env.PATH}`],
  // What the repository has built is not built again.
  ['CARGO_TARGET_DIR', process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url))],
]);

/** A command that runs in a folder, with what it has said. */
class Running {
  said = '';
  #wake = () => {};

  constructor(command, cwd = game) {
    this.child = spawn('sh', ['-c', `exec ${command}`], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve(code ?? signal)));
    const kill = () => this.child.kill('SIGKILL');
    process.once('exit', kill);
    this.ended.then(() => process.off('exit', kill) && this.#wake());
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (part) => (this.said += part) && this.#wake());
  }

  /** Waits until it has said this after the place `from`; returns the match. */
  async says(pattern, from = 0, ms = BUILD_MS) {
    const limit = AbortSignal.timeout(ms);
    let over = false;
    this.ended.then(() => (over = true));
    for (;;) {
      const found = pattern.exec(this.said.slice(from));
      if (found) return found;
      if (over || limit.aborted) throw new Error(`it did not say ${pattern}, but:\n${this.said}`);
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 1_000).unref();
      });
    }
  }
}

/** Runs a command to its end, which must be a good one; returns what it said. */
async function run(command, cwd = game) {
  const running = new Running(command, cwd);
  const code = await running.ended;
  assert.equal(code, 0, `${command}: ${code}\n${running.said}`);
  return running.said;
}

const read = (name) => readFileSync(join(game, name), 'utf8');
const write = (name, text) => writeFileSync(join(game, name), text);
const SERVES = /http:\/\/127\.0\.0\.1:(\d+)/;
const port = ([, port]) => ({ port: Number(port) });

/** Gives a tab functions that read the server's latest state: every thing of a kind; how far a
 * runner, the own one or that of somebody else, is east of a place; how far from there the own one is
 * drawn. */
function toRead() {
  window.all = (wanted) => {
    const { session } = window;
    if (!session?.playing) return [];
    return [...session.schema.entities(session.core.truth(), session.core.stride)].filter(({ kind }) => kind === wanted);
  };
  window.drawnAhead = () => {
    const { core, schema } = window.session;
    const own = [...schema.entities(core.draw(performance.now()), core.stride)].find((thing) => thing.own);
    return Math.abs(window.east(true, own.x));
  };
  window.east = (isOwn, x) => window.all('runner').find(({ own }) => own === isOwn)?.x - x;
}

describe('a new game', { timeout: 3 * BUILD_MS }, () => {
  let dev;
  let relay;
  let browser;
  const tabs = [];

  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    if (dev?.child.exitCode === null) dev.child.kill('SIGTERM');
    await dev?.ended;
    await relay?.close();
    rmSync(top, { recursive: true, force: true });
  });

  test('is written into a new folder, and nowhere else', async () => {
    const said = await run('drumbeat new my-game', top);
    assert.match(said, /cd my-game\n.*drumbeat dev/);
    const again = new Running('drumbeat new my-game', top);
    assert.equal(await again.ended, 1);
    assert.match(again.said, /my-game exists already: choose another name/);
    const wrong = new Running('drumbeat new test', top);
    assert.equal(await wrong.ended, 1);
    assert.equal(wrong.said, 'error: a game cannot be called `test`: the word belongs to Rust; choose another, such as `my-game`\n');
    for (const name of ['build-web', 'src/lib.rs', 'page/index.html']) assert.ok(existsSync(join(game, name)), name);
  });

  test('keeps the laws', async () => {
    assert.match(await run('cargo test'), /test result: ok\. [1-9]\d* passed/);
  });

  test('says on its page that the core is not built', async () => {
    const server = new Running('cargo run -- --listen 127.0.0.1:0');
    const [url] = await server.says(SERVES);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByText('the client core is not built: run ./build-web').waitFor({ timeout: LIMIT_MS });
    await page.close();
    server.child.kill('SIGINT');
    assert.equal(await server.ended, 0, server.said);
  });

  test('is served with its core', async () => {
    dev = new Running('drumbeat dev -- --listen 127.0.0.1:0 --seed 7');
    relay = await openRelay(port(await dev.says(SERVES)));
    assert.ok(existsSync(join(game, 'page/core.wasm')));
  });

  test('carries twenty bots, who all see what the server sees', async () => {
    const report = join(top, 'report.json');
    await run(`cargo run --bin bots -- --bots 20 --seconds 5 --url ${relay.url.replace('http', 'ws')} --json ${report}`);
    const { view_mismatches: mismatches, checksums_verified: verified } = JSON.parse(readFileSync(report, 'utf8'));
    assert.equal(mismatches, 0);
    assert.ok(verified > 20, String(verified));
  });

  test('carries them over a bad link', async () => {
    const report = join(top, 'link.json');
    await run(`cargo run --bin bots -- --bots 20 --seconds 5 --link 100ms,jitter=30ms --url ${relay.url.replace('http', 'ws')} --json ${report}`);
    assert.equal(JSON.parse(readFileSync(report, 'utf8')).view_mismatches, 0);
  });

  test('is played by two who see each other move', async () => {
    for (let n = 0; n < 2; n += 1) {
      const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
      page.setDefaultTimeout(LIMIT_MS);
      page.errors = [];
      page.on('pageerror', (error) => page.errors.push(String(error)));
      await page.addInitScript(toRead);
      await page.goto(relay.url);
      tabs.push(page);
    }
    const [a, b] = tabs;
    for (const [mover, watcher] of [[a, b], [b, a]]) {
      await watcher.waitForFunction(() => window.all('runner').length === 2);
      const x = await watcher.evaluate(() => window.east(false, 0));
      // Not into the nearer edge.
      const [key, sign] = x < 500 ? ['ArrowRight', 1] : ['ArrowLeft', -1];
      await mover.bringToFront();
      await mover.keyboard.down(key);
      await mover.waitForFunction(([x, sign]) => window.east(true, x) * sign > 100, [x, sign]);
      await mover.keyboard.up(key);
      await watcher.waitForFunction(([x, sign]) => window.east(false, x) * sign > 100, [x, sign]);
    }
    for (const tab of tabs) assert.deepEqual(tab.errors, []);
  });

  test('answers at once on a bad link', async () => {
    const [tab] = tabs;
    await tab.bringToFront();
    await tab.evaluate(() => {
      const { session } = window;
      session.setLink('200ms,jitter=30ms')
    });
    const key = (await tab.evaluate(() => window.east(true, 0))) < 500 ? 'ArrowRight' : 'ArrowLeft';
    await tab.waitForFunction(() => window.drawnAhead() < 1);
    await tab.keyboard.down(key);
    await tab.waitForFunction(() => window.drawnAhead() > 20);
    await tab.keyboard.up(key);
    await tab.evaluate(() => window.session.setLink(''));
  });

  /** Waits until a tab has been loaded again since `mark` was set. */
  const mark = (tab) => tab.evaluate(() => (window.mark = true));
  const reloaded = (tab) => tab.waitForFunction(() => !window.mark && window.session?.playing);

  test('reloads its page when a file of it changes', async () => {
    const [tab] = tabs;
    await mark(tab);
    write('page/index.html', read('page/index.html').replace('<title>my-game', '<title>changed'));
    await reloaded(tab);
    assert.equal(await tab.title(), 'changed');
  });

  test('goes on while its rules do not compile, and is built anew when they do', async () => {
    const [tab] = tabs;
    const rules = read('src/lib.rs');
    let from = dev.said.length;
    await mark(tab);
    write('src/lib.rs', rules.replace('GEMS: usize = 12', 'GEMS: usize = twelve'));
    await dev.says(/cannot find value `twelve`[^]*the server runs on as it was/, from);
    assert.ok(await tab.evaluate(() => window.mark && window.session.playing));
    from = dev.said.length;
    write('src/lib.rs', rules.replace('GEMS: usize = 12', 'GEMS: usize = 400'));
    relay.lead(port(await dev.says(SERVES, from)));
    await reloaded(tab);
    await tab.waitForFunction(() => window.all('gem').length > 50);
    await tab.waitForFunction(() => window.session.core.stats().checksums > 0);
    assert.equal(await tab.evaluate(() => window.session.core.stats().mismatches), 0);
  });

  test('ends with its server', async () => {
    dev.child.kill('SIGTERM');
    assert.equal(await dev.ended, 0, dev.said);
    await assert.rejects(fetch(relay.url), 'the server still listens');
  });
});
