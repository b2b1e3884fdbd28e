// The user leaves the page for another and comes back.

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

  /** Records the page's state as it is left, and whether it came back from the browser's cache. */
  const watch = (player) => player.page.evaluate(() => {
    addEventListener('pagehide', () => (window.left = window.drumbeat.state));
    addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted));
  });
  const seen = (player) => player.page.evaluate(() => [window.left, window.persisted]);
  /** Who is in the room, with a connection. */
  const players = async () => {
    const { players, away } = await stage.quiet.room('back');
    return players - away;
  };

  /** Presses the back button, and waits only for the page that comes back. */
  async function back(player) {
    await player.page.evaluate(() => history.back()).catch(() => {});
    await player.until(() => window.persisted !== undefined);
  }

  test('closes its connection, and has its place again when it comes back', async () => {
    const bea = await open('/?autoplay&name=Bea&room=back');
    await bea.state('playing');
    await watch(bea);
    await bea.page.keyboard.down('KeyW');
    await elsewhere(bea);
    await eventually('nobody is connected', async () => (await players()) === 0);
    await back(bea);
    // The page closed it at once, not only when the browser dropped the connection.
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

  test('that the browser stops in the background is away, and back when it runs', async () => {
    const bea = await open('/?autoplay&name=Bea&room=back');
    await bea.state('playing');
    // A headless browser freezes no page: the test sends the events of that itself.
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
