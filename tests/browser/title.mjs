// The title page.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

describe('the title', () => {
  test('has a name, Play, Watch and the keys, and no accessibility violation', async () => {
    const ada = await stage.open();
    await ada.state('title');
    for (const name of ['Play', 'Watch', 'Change keys']) {
      await ada.page.getByRole('button', { name, exact: true }).waitFor({ state: 'visible' });
    }
    const keys = await ada.page.locator('#title-keys').innerText();
    for (const word of ['fly', 'boost', 'aim', 'gun', 'rail', 'chat', 'menu']) {
      assert.ok(keys.includes(word), `${word} is not among the keys: ${keys}`);
    }
    await ada.assertAccessible();
    await ada.screenshot('title');
    await ada.close();
  });

  test('shows the room live behind it, and says who plays where', async () => {
    const eve = await stage.open('/?autoplay&name=Eve&room=busy');
    const tom = await stage.open('/?autoplay&name=Tom&room=friends');
    await Promise.all([eve.state('playing'), tom.state('playing')]);
    const ada = await stage.open('/?room=friends');
    await ada.page.getByText('You join room friends').waitFor();
    await ada.until(() => window.drumbeat?.room === 'friends' && window.drumbeat.others.some(({ kind }) => kind === 'ship'));
    assert.equal(await ada.page.evaluate(() => window.drumbeat.state), 'title');
    const busy = ada.page.getByRole('radio', { name: 'busy, 1 player' });
    await ada.page.locator('#rooms label', { hasText: 'busy' }).click();
    await ada.until(() => window.drumbeat.room === 'busy');
    assert.equal(await busy.isChecked(), true);
    await ada.page.getByText('You join room friends').waitFor({ state: 'hidden' });
    await ada.assertAccessible();
    await ada.screenshot('title-rooms');
    await ada.join('Ada');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.room), 'busy');
    await ada.assertSound();
    await Promise.all([ada, eve, tom].map((player) => player.close()));
  });

  test('stands before an empty sky where nobody may look on, and says nothing of it', async () => {
    const server = await startServer('--spectators-max', '0');
    const ada = await stage.open('', DESKTOP, server);
    await ada.state('title');
    await eventually('the server has refused to let it look on', () => /spectator/.test(server.output()));
    assert.equal(await ada.page.locator('#status').isVisible(), false);
    await ada.join('Ada');
    await ada.assertSound();
    await ada.close();
    await server.stop();
  });

  test('is in the language of the browser', async () => {
    const ada = await stage.open('', { ...DESKTOP, locale: 'de-AT' });
    await ada.page.getByRole('button', { name: 'Spielen', exact: true }).waitFor({ state: 'visible' });
    assert.equal(await ada.page.evaluate(() => document.documentElement.lang), 'de');
    await ada.state('title');
    await ada.assertAccessible();
    await ada.screenshot('title-de');
    await ada.close();
  });

  test('keeps the name for the next time, also with ?autoplay', async () => {
    const ada = await stage.open();
    await ada.join('Nell');
    // In another room, since the first room lists a player for a while after it has left.
    await ada.page.goto(`${stage.server.url}/?autoplay&room=again`);
    await ada.state('playing');
    await eventually('the server lists Nell there', async () => (await stage.server.player('Nell'))?.room === 'again');
    await ada.close();
  });

  test('what something else has stored by the page\'s names is no obstacle', async () => {
    const ada = await stage.open('/', DESKTOP, stage.quiet, () => {
      for (const name of ['name', 'hints', 'muted', 'settings', 'keys', 'layout', 'best']) localStorage.setItem(`drumbeat.${name}`, '{"a": 7}');
    });
    await ada.state('title');
    assert.equal(await ada.page.getByRole('textbox', { name: /name/i }).inputValue(), '');
    await ada.join('Ada');
    await ada.assertSound();
    await ada.close();
  });

  test('a name of the address is cut to what the server takes', async () => {
    const ada = await stage.open(`/?autoplay&name=${'x'.repeat(1_000)}`);
    await ada.state('playing');
    await eventually('the server lists the name', () => stage.server.player('x'.repeat(24)));
    await ada.close();
  });

  test('is passed over with ?autoplay, and the address names player and room', async () => {
    const ada = await stage.open('/?autoplay&name=Eve&room=side');
    await ada.state('playing');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.room), 'side');
    await eventually('the server lists Eve there', async () => (await stage.server.player('Eve'))?.room === 'side');
    await ada.close();
  });
});
