// WebKit by classic WebDriver: starts WebKitGTK's driver with its MiniBrowser on a screen of their own, and
// has the few calls that a test needs.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { eventually } from './eventually.mjs';

/** The driver and the browser; the stage finds them (tests/stages.sh). */
export const [driver, browser] = (process.env.DRUMBEAT_WEBKIT ?? '').split('\n');

/** A port that was free a moment ago: the driver can't choose one itself and say it. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the browser. */
export async function startWebKit() {
  const port = await freePort();
  // Without a graphics card its drawing threads would share Mesa's software renderer, which crashes now and then.
  const env = { ...process.env, WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1' };
  // A group of its own, which ends as one.
  const child = spawn('xvfb-run', ['-a', '-s', '-screen 0 1280x800x24', driver, `--port=${port}`], { stdio: 'ignore', detached: true, env });
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended.
    }
  };
  process.once('exit', stop);
  const url = `http://127.0.0.1:${port}`;
  await eventually('the driver answers', () => fetch(`${url}/status`).then(({ ok }) => ok, () => false));
  const options = { binary: browser, args: ['--automation'] };
  const { sessionId } = await call('POST', `${url}/session`, { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
  return new WebKit(`${url}/session/${sessionId}`, async () => {
    stop();
    await ended;
    process.off('exit', stop);
  });
}

/** A request to the driver; resolves to what it answers. */
async function call(method, url, body) {
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

class WebKit {
  #session;
  #stop;

  constructor(session, stop) {
    this.#session = session;
    this.#stop = stop;
  }

  open(url) {
    return call('POST', `${this.#session}/url`, { url });
  }

  /** Runs a function in the page. */
  evaluate(what, ...args) {
    return call('POST', `${this.#session}/execute/sync`, { script: `return (${what})(...arguments)`, args });
  }

  /** Waits until `condition`, run in the page, holds. */
  until(condition, ...args) {
    return eventually(`${condition}`, () => this.evaluate(condition, ...args));
  }

  async #element(selector) {
    return Object.values(await call('POST', `${this.#session}/element`, { using: 'css selector', value: selector }))[0];
  }

  async click(selector) {
    await call('POST', `${this.#session}/element/${await this.#element(selector)}/click`, {});
  }

  /** Types into a field. */
  async type(selector, text) {
    await call('POST', `${this.#session}/element/${await this.#element(selector)}/value`, { text });
  }

  /** Presses keys (`down`) or lets them go; WebDriver's names. */
  keys(type, ...values) {
    return this.#act({ type: 'key', id: 'keys', actions: values.map((value) => ({ type: type === 'down' ? 'keyDown' : 'keyUp', value })) });
  }

  /** Moves the mouse, and presses (`pointerDown`) or lets go (`pointerUp`) its left button. */
  mouse(x, y, button) {
    const actions = [{ type: 'pointerMove', duration: 0, x, y }];
    if (button) actions.push({ type: button, button: 0 });
    return this.#act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions });
  }

  #act(...actions) {
    return call('POST', `${this.#session}/actions`, { actions });
  }

  async close() {
    await call('DELETE', this.#session).catch(() => {});
    await this.#stop();
  }
}
