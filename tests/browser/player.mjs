// One player in a browser: opens the page, records every error, waits on what the page reports in
// `window.drumbeat`, saves screenshots.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));
// So that the folder holds only pictures of this run.
rmSync(artefacts, { recursive: true, force: true });
mkdirSync(artefacts, { recursive: true });

/** Generous, since a machine may draw in software while it is compiling. */
export const LIMIT_MS = 60_000;

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** `keepsPages`: whether the browser holds a page that is left in memory for the back button. */
export function launchBrowser({ keepsPages = false } = {}) {
  return chromium.launch({
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    executablePath: process.env.DRUMBEAT_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      // The test itself serves the page of library.mjs, which counts as another network.
      '--disable-features=LocalNetworkAccessChecks',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens the page in a profile of its own; `first` runs in the page before anything else. */
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
  /** Set while the test keeps the server away: connections may fail then. */
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

  /** Waits until the page is in this state; it has none until its core is loaded. */
  state(state) {
    return this.until((wanted) => window.drumbeat?.state === wanted, state);
  }

  /** Waits until `condition`, run in the page, holds for `argument`. */
  until(condition, argument, timeout = LIMIT_MS) {
    return this.page.waitForFunction(condition, argument, { timeout });
  }

  /** Waits until the page has received `count` more ticks of the server. */
  async ticks(count) {
    const from = await this.page.evaluate(() => window.drumbeat.tick);
    await this.until((tick) => window.drumbeat.tick >= tick, from + count);
  }

  /** Saves a picture in tests/artefacts/ and returns its bytes. */
  screenshot(name) {
    return this.page.screenshot({ path: `${artefacts}${name}.png` });
  }

  /** Presses and releases a key. */
  press(key) {
    return this.page.keyboard.press(key);
  }

  /** Checks that axe-core finds no violation in what is shown. */
  async assertAccessible() {
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  }

  /** Checks that the page has reported no error. */
  assertNoErrors() {
    assert.deepEqual(this.#errors, []);
  }

  /** Checks that the page has reported no error, and that every checksum (one or more) matched. */
  async assertSound() {
    await this.until(() => window.drumbeat.stats?.checksums > 0);
    this.assertNoErrors();
    assert.equal(await this.page.evaluate(() => window.drumbeat.stats.mismatches), 0, 'the view differs from the server\'s');
  }

  async close() {
    await this.page.context().close();
  }
}

/** Waits until the ship has gone `units` east on the server; nobody may be there to shoot it. */
export async function goesEast(server, name, units) {
  const start = await eventually(`the server lists ${name}`, () => server.player(name));
  await eventually(`${name} goes ${units} units east on the server`, async () => (await server.player(name)).x - start.x >= units);
}

/** Polls until `probe` returns a truthy value, and returns it. */
export async function eventually(what, probe) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, `not within ${LIMIT_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
