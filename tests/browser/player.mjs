// One player in a browser: opens the page, records every error, waits on what the page reports in
// `window.drumbeat`, saves screenshots.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { chromium, firefox } from 'playwright-core';
import { LIMIT_MS } from './eventually.mjs';
import { faults } from './faults.mjs';

export { LIMIT_MS, eventually, goesEast } from './eventually.mjs';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** Whether the tests run in Firefox: Debian's or any other, which Playwright drives by WebDriver BiDi. */
export const FIREFOX = process.env.DRUMBEAT_BROWSER === 'firefox';

/** Why a test is left out in Firefox; false in Chromium. */
export const notInFirefox = (why) => FIREFOX && why;

mkdirSync(artefacts, { recursive: true });

/** `keepsPages`: whether the browser holds a page that is left in memory for the back button. */
export function launchBrowser({ keepsPages = false } = {}) {
  if (FIREFOX) return firefox.launch({ channel: 'moz-firefox', executablePath: process.env.DRUMBEAT_FIREFOX ?? '/usr/bin/firefox-esr' });
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
  // Playwright emulates no phone in Firefox; the size of its screen remains.
  const { isMobile, hasTouch, deviceScaleFactor, ...others } = options;
  const context = await browser.newContext(FIREFOX ? others : options);
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  await page.addInitScript(first);
  const player = new Player(page);
  await page.goto(url);
  return player;
}

/** Checks that axe-core finds no violation in what a page or a frame shows, but for these rules. */
export async function assertAccessible(shown, ...except) {
  if (!(await shown.evaluate(() => 'axe' in window))) await shown.evaluate(axe.source);
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const { violations } = await shown.evaluate(async (chosen) => {
    // A panel that fades while a ship is beneath it is back in a moment.
    const whole = new CSSStyleSheet();
    whole.replaceSync('[data-panel] { opacity: 1 !important; transition: none !important; }');
    const before = [...document.adoptedStyleSheets];
    document.adoptedStyleSheets = [...before, whole];
    const found = await window.axe.run({ rules: chosen });
    document.adoptedStyleSheets = before;
    return found;
  }, rules);
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
}

class Player {
  #errors = [];
  /** Set while the test keeps the server away: connections may fail then. */
  serverIsAway = false;
  /** Set while Playwright takes a picture, for which it adds a style that the page's policy refuses. */
  #shooting = false;

  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.#note(`${error}\n${error.stack}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(message.text());
    });
  }

  #note(text) {
    const refused = /WebSocket connection to .* failed|net::ERR_|status of 503|can’t establish a connection|was interrupted/.test(text);
    if (this.#shooting && /blocked an inline style/.test(text)) return;
    // A page in a frame may not take the focus from the site around it, and need not.
    if (/^Blocked autofocusing .* in a cross-origin subframe/.test(text)) return;
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
  async screenshot(name) {
    this.#shooting = FIREFOX;
    const picture = await this.page.screenshot({ path: `${artefacts}${FIREFOX ? 'firefox-' : ''}${name}.png` });
    // What the browser said meanwhile has arrived with this answer.
    await this.page.evaluate(() => {});
    this.#shooting = false;
    return picture;
  }

  /** Presses and releases a key. */
  press(key) {
    return this.page.keyboard.press(key);
  }

  /** Checks that axe-core finds no violation in what is shown, but for these rules. */
  assertAccessible(...except) {
    return assertAccessible(this.page, ...except);
  }

  /** Checks that no text leaves the screen or its box, and that none lies on another. */
  async assertFits() {
    assert.deepEqual(await this.page.evaluate(faults), []);
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
