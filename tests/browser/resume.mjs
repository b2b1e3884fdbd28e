// A page that is loaded again, or opened twice: the player goes on where it was.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { stage } from './stage.mjs';

let ada;
let bob;

const self = (page) => page.evaluate(() => ({ player: window.drumbeat.player, key: window.drumbeat.own?.key }));

describe('a player whose connection is lost', () => {
  before(async () => {
    [ada, bob] = await Promise.all([stage.open('/?room=resume', DESKTOP, stage.quiet), stage.open('/?room=resume&autoplay&name=Bob', DESKTOP, stage.quiet)]);
    await ada.join('Ada');
    await bob.state('playing');
    await ada.until(() => window.drumbeat.own !== null);
  });

  after(() => Promise.all([ada?.close(), bob?.close()]));

  test('goes on with the same ship when the page is loaded again', async () => {
    const before = await self(ada.page);
    await ada.page.reload();
    await ada.until(({ player, key }) => window.drumbeat?.player === player && window.drumbeat.own?.key === key, before);
    assert.equal(await ada.page.getByRole('textbox', { name: /name/i }).isVisible(), false, 'nobody is asked for a name');
    await ada.assertSound();
  });

  test('keeps its seat meanwhile', async () => {
    await ada.page.goto('about:blank');
    await eventually('the room says that Ada is away', async () => (await stage.quiet.room('resume'))?.away === 1);
    await ada.page.goBack();
    await eventually('Ada is back', async () => (await stage.quiet.room('resume'))?.away === 0);
    await ada.state('playing');
  });

  test('is taken over by a second window, which is not fought', async () => {
    const before = await self(ada.page);
    const opened = ada.page.context().waitForEvent('page');
    await ada.page.evaluate(() => void window.open(location.href));
    const second = await opened;
    await second.waitForFunction(({ player }) => window.drumbeat?.player === player && window.drumbeat.state === 'playing', before);
    await ada.state('refused');
    await ada.page.getByRole('heading', { name: 'You are playing elsewhere' }).waitFor({ state: 'visible' });
    await ada.page.getByRole('button', { name: 'Play here' }).waitFor({ state: 'visible' });
    await ada.screenshot('taken-over');
    await ada.assertAccessible();
    const tick = await second.evaluate(() => window.drumbeat.tick);
    await second.waitForFunction((tick) => window.drumbeat.tick > tick + 60, tick);
    assert.equal(await second.evaluate(() => window.drumbeat.state), 'playing');
    assert.equal(await ada.page.evaluate(() => window.drumbeat.state), 'refused');
  });
});
