// What is there before the page is, and what happens if a part of it is not: the bundle, Play pressed
// early, parts that do not arrive, a page that is older than its server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DESKTOP, openPlayer } from './player.mjs';
import { map, startServer } from './server.mjs';
import { stage } from './stage.mjs';

const assets = fileURLToPath(new URL('../../assets/', import.meta.url));

/** A folder as a release build embeds it. */
function bundled() {
  const folder = mkdtempSync(join(tmpdir(), 'drumbeat-page-'));
  execFileSync(join(assets, 'web/bundle.mjs'), [folder]);
  for (const path of ['core.wasm', 'favicon.ico', 'icon.svg', 'icons', 'manifest.webmanifest', 'js/guard.js']) {
    cpSync(join(assets, path), join(folder, path), { recursive: true });
  }
  return folder;
}

/** Opens a page that counts its WebSockets and how often it is loaded, and lets `change` get in between. */
async function open(query, change = async () => {}) {
  const player = await openPlayer(stage.browser, DESKTOP, 'about:blank');
  const { page } = player;
  const counted = { sockets: 0, loads: 0 };
  page.on('websocket', () => (counted.sockets += 1));
  page.on('request', (request) => (counted.loads += Number(request.isNavigationRequest())));
  await change(page);
  await page.goto(stage.quiet.url + query, { waitUntil: 'commit' });
  return Object.assign(player, { counted });
}

describe('a page on its way', () => {
  test('is one script and one style sheet, and plays', async () => {
    const folder = bundled();
    const server = await startServer('--house-bots', '0', '--map', map('quiet'), '--page', folder);
    try {
      const paths = [];
      const ada = await openPlayer(stage.browser, DESKTOP, 'about:blank');
      ada.page.on('request', (request) => paths.push(new URL(request.url()).pathname));
      await ada.page.goto(`${server.url}/?autoplay&room=light`);
      await ada.state('playing');
      await ada.assertSound();
      const code = paths.filter((path) => /\.(js|css)$/.test(path) && !path.startsWith('/live/'));
      assert.deepEqual(code.sort(), ['/js/bundle/page.js', '/js/guard.js', '/page.css']);
      await ada.close();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });

  test('takes Play before its core is there', async () => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const ada = await open('/?room=light', (page) => page.route('**/core.wasm', async (route) => {
      await held;
      await route.continue();
    }));
    await ada.page.getByRole('textbox', { name: /name/i }).fill('Early');
    await ada.page.keyboard.press('Enter');
    await ada.until(() => document.documentElement.dataset.early === 'play');
    release();
    await ada.state('playing');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.player === null), false);
    assert.equal(ada.counted.sockets, 1, 'the connection was opened meanwhile');
    await ada.assertSound();
    await ada.close();
  });

  test('goes from the title to the game on the same connection, and back to watching', async () => {
    const ada = await open('/?room=light');
    await ada.state('title');
    await ada.until(() => window.drumbeat.tick > 0);
    await ada.join('Ada');
    await ada.until(() => window.drumbeat.own !== null);
    await ada.press('Escape');
    await ada.page.getByRole('button', { name: 'Spectate' }).click();
    await ada.state('spectating');
    assert.equal(ada.counted.sockets, 1);
    await ada.assertSound();
    await ada.close();
  });

  test('says what did not arrive, and tries again', async () => {
    let away = true;
    const ada = await open('/?room=light', (page) => page.route('**/core.wasm', (route) => (away ? route.abort() : route.continue())));
    const broken = ada.page.getByRole('alert').filter({ hasText: 'could not start' });
    await broken.getByText('The connection was lost while the game was loading.').waitFor();
    away = false;
    await broken.getByRole('button', { name: 'Try again' }).click();
    await ada.state('title');
    await ada.close();
  });

  test('says that its style sheet did not arrive, in the reader\'s language, tries again, or goes on', async () => {
    for (const [lang, head, again, on] of [
      ['en', 'The style sheet did not arrive', 'Try again', 'Go on without'],
      ['de', 'Die Gestaltung ist nicht angekommen', 'Noch einmal versuchen', 'Ohne weitermachen'],
    ]) {
      let away = true;
      const ada = await open(`/?autoplay&room=light&lang=${lang}`, (page) => page.route('**/*.css', (route) => (away ? route.abort() : route.continue())));
      await ada.page.getByRole('heading', { name: head }).waitFor();
      await ada.state('playing');
      assert.equal(await ada.page.getByRole('alert').filter({ visible: true }).count(), 1);
      // Its words lie over whatever there is of the page.
      await ada.assertAccessible();
      if (lang === 'en') await ada.screenshot('bare');
      await ada.page.getByRole('button', { name: on }).click();
      await ada.page.getByRole('heading', { name: head }).waitFor({ state: 'hidden' });
      await ada.page.reload();
      await ada.page.getByRole('heading', { name: head }).waitFor();
      away = false;
      await ada.page.getByRole('button', { name: again }).click();
      await ada.page.locator('#bare').waitFor({ state: 'hidden' });
      await ada.state('playing');
      await ada.close();
    }
  });

  test('is loaded again, once, if the server has other scripts or style sheets by now', async () => {
    for (const [part, words] of [['js/main.js', 'A part of the page did not arrive.'], ['style.css', 'The style sheet did not arrive']]) {
      const ada = await open('/', (page) => page.route(`**/${part}`, (route) => route.fulfill({ status: 404, body: 'there is no such file' })));
      await ada.page.getByText(words).waitFor();
      assert.equal(ada.counted.loads, 2, part);
      await ada.close();
    }
  });

  test('is loaded again, once, if the server is of another version', async () => {
    const ada = await open('/?autoplay&room=light', (page) => page.routeWebSocket(/\/ws/, (socket) => socket.close({ code: 4001, reason: 'this page is older' })));
    await ada.page.getByRole('button', { name: 'Reload the page' }).waitFor();
    assert.equal(ada.counted.loads, 2);
    await ada.close();
  });
});
