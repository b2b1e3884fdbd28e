// A short tour through what other files test in depth in Chromium: the title, spectating, the lag lab,
// fingers, small windows, the back button.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fingers, watchRail } from './fingers.mjs';
import { DESKTOP, eventually } from './player.mjs';
import { stage } from './stage.mjs';

let ada;

describe('a tour', () => {
  before(async () => {
    ada = await stage.open('/?room=tour', DESKTOP, stage.quiet);
    await ada.state('title');
    await ada.assertFits();
    await ada.assertAccessible();
    await ada.screenshot('title');
    await ada.join('Tour');
    await ada.until(() => window.drumbeat.own !== null);
  });

  after(() => ada?.close());

  test('fingers fly, aim, fire, and fire the rail by a double tap', async () => {
    await fingers(ada, ['pointerdown', 7, 200, 600], ['pointermove', 7, 230, 600], ['pointerdown', 8, 1_200, 600], ['pointermove', 8, 1_200, 560]);
    await ada.until(() => window.drumbeat.device === 'touch' && window.drumbeat.own?.buttons === 5 && window.drumbeat.own.aim === 192);
    await fingers(ada, ['pointerup', 7, 230, 600], ['pointerup', 8, 1_200, 560]);
    await ada.until(() => window.drumbeat.own?.buttons === 0);
    await watchRail(ada);
    const tap = [['pointerdown', 9, 1_200, 600], ['pointerup', 9, 1_200, 600]];
    await fingers(ada, ...tap, ...tap);
    await ada.until(() => window.rails > 0);
  });

  test('the lag lab sets the link', async () => {
    await ada.press('F3');
    const lab = ada.page.getByRole('complementary', { name: 'Lag lab' });
    await lab.getByRole('slider', { name: 'Latency, ms' }).fill('200');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.link), '200ms');
    await ada.until(() => window.drumbeat.stats.rtt_us >= 200_000);
    await ada.screenshot('lab');
    await lab.getByRole('button', { name: 'LAN' }).click();
    await ada.press('F3');
    await lab.waitFor({ state: 'hidden' });
  });

  test('a small window and a large one show the ship', async () => {
    for (const viewport of [{ width: 320, height: 480 }, { width: 844, height: 390 }, DESKTOP.viewport]) {
      await ada.page.setViewportSize(viewport);
      await ada.ticks(5);
      const { width, height } = await ada.page.locator('#game').boundingBox();
      assert.deepEqual({ width, height }, viewport);
      await ada.page.keyboard.down('KeyD');
      await ada.until(() => window.drumbeat.own?.buttons === 1);
      await ada.page.keyboard.up('KeyD');
    }
  });

  test('whoever leaves for another page has its place again by the back button', async () => {
    const here = ada.page.url();
    const player = await ada.page.evaluate(() => window.drumbeat.player);
    await ada.page.goto(`${stage.quiet.url}/healthz`);
    await eventually('nobody is connected', async () => {
      const { players, away } = await stage.quiet.room('tour');
      return players === away;
    });
    await ada.page.goBack();
    assert.equal(ada.page.url(), here);
    await ada.until((id) => window.drumbeat?.player === id && window.drumbeat.state === 'playing', player);
    await eventually('one player is there', async () => {
      const { players, away } = await stage.quiet.room('tour');
      return players === 1 && away === 0;
    });
  });

  test('a spectator watches, and takes a seat when it wants to', async () => {
    await ada.press('Escape');
    await ada.page.getByRole('button', { name: 'Spectate' }).click();
    await ada.state('spectating');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.own), null);
    await ada.page.keyboard.down('KeyD');
    await ada.until(() => window.drumbeat.watched.how === 'place');
    await ada.page.keyboard.up('KeyD');
    await ada.page.getByRole('region', { name: 'Spectating' }).getByRole('button', { name: 'Play', exact: true }).click();
    await ada.state('playing');
    await ada.ticks(20);
    await ada.assertSound();
  });
});
