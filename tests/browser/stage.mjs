// What all files of the browser test share: the browser and the servers.

import { after, before } from 'node:test';
import { DESKTOP, launchBrowser, openPlayer } from './player.mjs';
import { map, startServer } from './server.mjs';

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

export const stage = {
  /** With house bots that fly and fire.
   * @type {Server} */
  server: undefined,
  /** Without house bots, in an empty world: nothing happens there but what a test does.
   * @type {Server} */
  quiet: undefined,
  browser: undefined,
  /**
   * Opens the page in a profile of its own; `query` is for example `?room=a`, and `first` runs in
   * the page before anything else.
   */
  open(query = '', options = DESKTOP, server = stage.server, first = () => {}) {
    return openPlayer(stage.browser, options, server.url + query, first);
  },
};

before(async () => {
  stage.server = await startServer('--round-minutes', '0');
  stage.quiet = await startServer('--house-bots', '0', '--round-minutes', '0', '--map', map('quiet'));
  stage.browser = await launchBrowser();
});

after(async () => {
  await stage.browser?.close();
  await Promise.all([stage.server?.stop(), stage.quiet?.stop()]);
});
