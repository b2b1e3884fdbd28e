// What all files of the browser test share: the browser, and the server that is played on.

import { after, before } from 'node:test';
import { DESKTOP, launchBrowser, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';

export const stage = {
  /** @type {Awaited<ReturnType<typeof startServer>>} */
  server: undefined,
  browser: undefined,
  /**
   * Opens the page in a profile of its own; `query` such as `?room=a`, `first` runs in the page
   * before anything else.
   */
  open(query = '', options = DESKTOP, server = stage.server, first = () => {}) {
    return openPlayer(stage.browser, options, server.url + query, first);
  },
};

before(async () => {
  stage.server = await startServer();
  stage.browser = await launchBrowser();
});

after(async () => {
  await stage.browser?.close();
  await stage.server?.stop();
});
