// A server that goes silent, and one that is gone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

describe('a server that stops', () => {
  test('is said beside the ship while it is silent, and in the middle once it is gone', async () => {
    const server = await startServer('--house-bots', '0');
    const ada = await stage.open('/?autoplay&name=Ada', DESKTOP, server);
    ada.serverIsAway = true;
    await ada.state('playing');
    await ada.until(() => window.drumbeat.own !== null);
    const word = ada.page.getByText(/^No word from the server for/);
    assert.equal(await word.isVisible(), false);
    server.pause();
    await word.waitFor({ state: 'visible' });
    await ada.screenshot('silent');
    server.go();
    await word.waitFor({ state: 'hidden' });
    await ada.ticks(5);
    assert.equal(await ada.page.evaluate(() => document.body.classList.contains('silent')), false);
    await server.stop();
    await ada.page.getByRole('heading', { name: /^(The server is restarting|Can’t reach the server)$/ }).waitFor({ state: 'visible' });
    await ada.page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'visible' });
    await ada.page.waitForFunction(() => document.title === 'Reconnecting… · Drumbeat');
    await ada.assertAccessible();
    await ada.screenshot('gone');
    await ada.page.getByRole('button', { name: 'Back to the title' }).click();
    await ada.state('title');
    assert.equal(await ada.page.locator('#status').isVisible(), false);
    await ada.page.waitForFunction(() => document.title === 'Drumbeat');
    ada.assertNoErrors();
    await ada.close();
  });
});
