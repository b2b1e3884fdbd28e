// The server goes away and comes back. This file must run last, since it stops the shared server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, PHONE, eventually } from './player.mjs';
import { openRelay, startServer } from './server.mjs';
import { stage } from './stage.mjs';

let ada;
let tim;
let relay;

describe('without the server', () => {
  before(async () => {
    relay = await openRelay(stage.server);
    ada = await stage.open('/?autoplay&name=Ada', DESKTOP, relay);
    tim = await stage.open('/?autoplay&name=Tim', PHONE, relay);
    await Promise.all([ada.state('playing'), tim.state('playing')]);
    await Promise.all([ada.ticks(40), tim.ticks(40)]);
  });

  after(async () => {
    await Promise.all([ada?.close(), tim?.close()]);
    await relay?.close();
  });

  test('the page says that the server is away, and plays again when it is back', async () => {
    await ada.assertSound();
    await ada.press('Enter');
    await ada.page.keyboard.type('still there?');
    ada.serverIsAway = tim.serverIsAway = true;
    assert.equal(await stage.server.stop(), 0, stage.server.output());
    for (const [player, name] of [[ada, 'reconnecting'], [tim, 'phone-reconnecting']]) {
      await player.state('reconnecting');
      await player.page.locator('#status').waitFor({ state: 'visible' });
      assert.match(await player.page.locator('#status').innerText(), /server/i);
      await player.assertFits();
      await player.screenshot(name);
    }
    await ada.press('Enter');
    await ada.page.getByText('Not sent').waitFor({ state: 'visible' });
    await ada.press('Escape');
    await ada.assertAccessible();
    stage.server = await startServer();
    relay.lead(stage.server);
    await Promise.all([ada.state('playing'), tim.state('playing')]);
    await eventually('the server lists Ada again', () => stage.server.player('Ada'));
    ada.serverIsAway = tim.serverIsAway = false;
    await ada.press('Enter');
    await ada.press('Enter');
    await ada.page.getByRole('log').getByText('still there?').waitFor({ state: 'visible' });
    await ada.ticks(60);
    await ada.assertSound();
  });
});
