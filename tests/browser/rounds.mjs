// Rounds as a player sees them: the clock, the podium, the next round.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

describe('a round', () => {
  test('has a clock, a podium, and one that follows', async () => {
    const server = await startServer('--round-minutes', '0.1', '--house-bots', '3');
    const ada = await stage.open('/?autoplay&name=Ada', DESKTOP, server);
    await ada.state('playing');
    const clock = ada.page.getByRole('timer', { name: 'Time left in the round' });
    await clock.waitFor({ state: 'visible' });
    assert.match(await clock.innerText(), /^0:0\d$/);
    const podium = ada.page.locator('#podium');
    await podium.waitFor({ state: 'visible' });
    // Weapons that do not work say so at the ship; one that was just destroyed returns first.
    await ada.until(() => window.drumbeat.note === 'Truce');
    await ada.page.waitForFunction(() => document.title === 'Round over · Drumbeat');
    assert.match(await podium.innerText(), /You: \d+(st|nd|rd|th) of \d+/);
    await ada.assertFits();
    await ada.page.setViewportSize({ width: 320, height: 480 });
    await ada.ticks(5);
    await ada.assertFits();
    await ada.screenshot('podium-small');
    await ada.page.setViewportSize(DESKTOP.viewport);
    await ada.assertAccessible();
    await ada.screenshot('podium');
    await ada.page.getByText('New round: all scores start at 0').waitFor({ state: 'visible' });
    await podium.waitFor({ state: 'hidden' });
    await clock.waitFor({ state: 'visible' });
    await ada.assertSound();
    await ada.close();
    await server.stop();
  });
});
