// Rounds as a player and a spectator see them: the clock, the podium, the next round.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

const SMALL = { width: 320, height: 480 };

/** Lets the test hold what comes from the server, by `window.hold`, and pass it on, by `window.goOn`: the
 * podium stands until it was looked at, on any machine. */
function holds() {
  const [Socket, later] = [window.WebSocket, window.setTimeout.bind(window)];
  const waiting = [];
  let held = false;
  // With every message begins the time after which a silent server counts as gone: its first timer.
  let silence;
  let taking = false;
  window.setTimeout = (...timer) => {
    const id = later(...timer);
    if (taking) [silence, taking] = [id, false];
    return id;
  };
  window.WebSocket = class extends Socket {
    set onmessage(take) {
      const takes = (event) => {
        taking = true;
        take(event);
        taking = false;
      };
      super.onmessage = take && ((event) => (held ? waiting.push(() => takes(event)) : takes(event)));
    }
  };
  window.said = [];
  window.hold = () => {
    held = true;
    clearTimeout(silence);
    // What is said of the silence is not about the round.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('#aside { display: none } .silent * { filter: none !important }');
    document.adoptedStyleSheets = [sheet];
    const announce = document.getElementById('announce');
    new MutationObserver(() => window.said.push(announce.textContent)).observe(announce, { childList: true });
    return true;
  };
  window.goOn = () => {
    held = false;
    document.adoptedStyleSheets = [];
    for (const next of waiting.splice(0)) next();
  };
}

describe('a round', () => {
  test('has a clock, a podium, and one that follows', async () => {
    const server = await startServer('--round-minutes', '0.1', '--house-bots', '3', '--aim-assistance', 'off');
    const open = (query) => stage.open(query, DESKTOP, server, holds);
    const both = await Promise.all([open('/?autoplay&name=Ada'), open('/?spectate')]);
    const [ada, sue] = both;
    const clocks = both.map(({ page }) => page.getByRole('timer', { name: 'Time left in the round' }));
    const podia = both.map(({ page }) => page.locator('#podium'));
    await Promise.all([ada.state('playing'), sue.state('spectating')]);
    assert.ok(await ada.page.evaluate(() => document.getElementById('aim-help').hidden), 'the keys say that nobody is helped');
    for (const clock of clocks) {
      await clock.waitFor({ state: 'visible' });
      assert.match(await clock.innerText(), /^0:0\d$/);
    }
    await Promise.all([
      // Weapons that do not work say so at the ship; one that was just destroyed returns first.
      ada.until(() => !document.getElementById('podium').hidden && window.drumbeat.note === 'Truce' && window.hold()),
      sue.until(() => !document.getElementById('podium').hidden && window.hold()),
    ]);
    await ada.until(() => document.title === 'Round over · Drumbeat');
    const [own, watched] = await Promise.all(podia.map((podium) => podium.innerText()));
    assert.match(own, /You: \d+(st|nd|rd|th) of \d+/);
    assert.match(watched, /wins the round|Nobody/);
    assert.doesNotMatch(watched, /You|best/i);
    await ada.assertAccessible();
    await ada.assertFits();
    await ada.screenshot('podium');
    await ada.page.setViewportSize(SMALL);
    const from = await ada.page.evaluate(() => window.drumbeat.frame);
    await ada.until((frame) => window.drumbeat.frame > frame + 2, from);
    await ada.assertFits();
    await ada.screenshot('podium-small');
    await Promise.all(both.map(async (player, i) => {
      await player.page.evaluate(() => window.goOn());
      await player.until(() => window.said.includes('New round: all scores start at 0'));
      await podia[i].waitFor({ state: 'hidden' });
      await clocks[i].waitFor({ state: 'visible' });
      await player.assertSound();
      await player.close();
    }));
    await server.stop();
  });
});
