// The title page.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from './player.mjs';
import { stage } from './stage.mjs';

describe('the title', () => {
  test('has a name, Play, Watch and the keys, and no accessibility violation', async () => {
    const ada = await stage.open();
    await ada.state('title');
    for (const name of ['Play', 'Watch', 'Change keys']) {
      await ada.page.getByRole('button', { name, exact: true }).waitFor({ state: 'visible' });
    }
    const keys = await ada.page.locator('#title-keys').innerText();
    for (const word of ['fly', 'boost', 'aim', 'gun', 'rail', 'chat', 'lag lab', 'menu']) {
      assert.ok(keys.includes(word), `${word} is not among the keys: ${keys}`);
    }
    await ada.assertAccessible();
    await ada.screenshot('title');
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
