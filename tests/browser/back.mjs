// A page that is left for another and comes back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, eventually, launchBrowser, openPlayer } from './player.mjs';
import { stage } from './stage.mjs';

let browser;

describe('a page that is left', () => {
  before(async () => {
    browser = await launchBrowser({ keepsPages: true });
  });

  after(() => browser?.close());

  const open = (query) => openPlayer(browser, DESKTOP, stage.quiet.url + query);
  const elsewhere = (player) => player.page.goto(stage.quiet.url);

  /** Notes how the page is when it has been left, and whether it came back as it was. */
  const watch = (player) => player.page.evaluate(() => {
    addEventListener('pagehide', () => (window.left = window.drumbeat.state));
    addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted));
  });
  const seen = (player) => player.page.evaluate(() => [window.left, window.persisted]);
  const players = async () => (await stage.quiet.room('back'))?.players;

  /** The back button; the page that it leaves is not waited for. */
  async function back(player) {
    await player.page.evaluate(() => history.back()).catch(() => {});
    await player.until(() => window.persisted !== undefined);
  }

  test('leaves the room, and is in it again when it comes back', async () => {
    const bea = await open('/?autoplay&name=Bea&room=back');
    await bea.state('playing');
    await watch(bea);
    await bea.page.keyboard.down('KeyW');
    await elsewhere(bea);
    await eventually('nobody is in the room', async () => (await players()) === 0);
    await back(bea);
    // Left at once, not when the browser had enough of the connection.
    assert.deepEqual(await seen(bea), ['reconnecting', true]);
    await bea.state('playing');
    assert.deepEqual(await bea.page.evaluate(() => window.drumbeat.held), []);
    await eventually('Bea is in the room', () => stage.quiet.player('Bea'));
    assert.equal(await players(), 1);
    await bea.ticks(40);
    await bea.assertSound();
    await bea.close();
  });

  test('that was on the title is on the title again', async () => {
    const bea = await open('/?autoplay&name=Bea&room=back');
    await bea.state('playing');
    await bea.press('Escape');
    await bea.page.getByRole('button', { name: 'Leave' }).click();
    await bea.state('title');
    await watch(bea);
    await elsewhere(bea);
    await back(bea);
    assert.deepEqual(await seen(bea), ['title', true]);
    assert.equal(await bea.page.evaluate(() => window.drumbeat.state), 'title');
    await bea.assertNoErrors();
    await bea.close();
  });

  test('that the browser stops in the background leaves the room, and is back when it runs', async () => {
    const bea = await open('/?autoplay&name=Bea&room=back');
    await bea.state('playing');
    // A headless browser stops no page: this tells the page that it is about to.
    const states = await bea.page.evaluate(() => ['freeze', 'resume'].map((kind) => {
      document.dispatchEvent(new Event(kind));
      return window.drumbeat.state;
    }));
    assert.deepEqual(states, ['reconnecting', 'connecting']);
    await bea.state('playing');
    await eventually('Bea is in the room once', async () => (await players()) === 1);
    await bea.ticks(40);
    await bea.assertSound();
    await bea.close();
  });
});
