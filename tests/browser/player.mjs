// One player in a browser: opens the page, notes every error, waits on what the page says of
// itself in `window.drumbeat`, keeps screenshots.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));
// Only pictures of this run.
rmSync(artefacts, { recursive: true, force: true });
mkdirSync(artefacts, { recursive: true });

/** Generous, since a machine may draw in software while it compiles. */
export const LIMIT_MS = 60_000;

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** `keepsPages`: whether a page that is left is held in memory until the back button is pressed. */
export function launchBrowser({ keepsPages = false } = {}) {
  return chromium.launch({
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    executablePath: process.env.DRUMBEAT_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      // The page of library.mjs is answered by the test, which counts as another network.
      '--disable-features=LocalNetworkAccessChecks',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens the page in a new tab of its own profile; `first` runs in the page before all else. */
export async function openPlayer(browser, options, url, first = () => {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  await page.addInitScript(first);
  const player = new Player(page);
  await page.goto(url);
  return player;
}

class Player {
  #errors = [];
  /** While the server is away on purpose, connections may fail. */
  serverIsAway = false;

  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(`${error.stack ?? error}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(message.text());
    });
  }

  #note(text) {
    const refused = /WebSocket connection to .* failed|net::ERR_|status of 503/.test(text);
    if (!(refused && this.serverIsAway)) this.#errors.push(text);
  }

  /** Fills in the name and presses Play. */
  async join(name) {
    await this.state('title');
    await this.page.getByRole('textbox', { name: /name/i }).fill(name);
    await this.page.getByRole('button', { name: 'Play', exact: true }).click();
    await this.state('playing');
  }

  /** Waits until the page is in this state; it has none before its core is loaded. */
  state(state) {
    return this.until((wanted) => window.drumbeat?.state === wanted, state);
  }

  /** Waits until `condition`, run in the page, holds for `argument`. */
  until(condition, argument, timeout = LIMIT_MS) {
    return this.page.waitForFunction(condition, argument, { timeout });
  }

  /** Waits until the page has seen so many more ticks of the server. */
  async ticks(count) {
    const from = await this.page.evaluate(() => window.drumbeat.tick);
    await this.until((tick) => window.drumbeat.tick >= tick, from + count);
  }

  /** Keeps a picture in tests/artefacts/ and returns its bytes. */
  screenshot(name) {
    return this.page.screenshot({ path: `${artefacts}${name}.png` });
  }

  /** Presses a key and lets it go. */
  press(key) {
    return this.page.keyboard.press(key);
  }

  /** axe-core finds nothing to object to in what is shown. */
  async assertAccessible() {
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  }

  /** The page has reported no error. */
  assertNoErrors() {
    assert.deepEqual(this.#errors, []);
  }

  /** The page has reported no error, and its view was always the server's: until a checksum or more. */
  async assertSound() {
    await this.until(() => window.drumbeat.stats?.checksums > 0);
    this.assertNoErrors();
    assert.equal(await this.page.evaluate(() => window.drumbeat.stats.mismatches), 0, 'the view differs from the server\'s');
  }

  async close() {
    await this.page.context().close();
  }
}

/** Waits until the ship has gone `units` to the east on the server; nobody else may be there to shoot it. */
export async function goesEast(server, name, units) {
  const start = await eventually(`the server lists ${name}`, () => server.player(name));
  await eventually(`${name} goes ${units} units east on the server`, async () => (await server.player(name)).x - start.x >= units);
}

/** Polls until `probe` returns something true, and returns that. */
export async function eventually(what, probe) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, `not within ${LIMIT_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
