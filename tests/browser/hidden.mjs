// A page that is hidden for a while is back in the present at once.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { stage } from './stage.mjs';

const AWAY_TICKS = 90;
const FRAMES_MAX = 2;

/**
 * A headless browser hides no page: this makes the page believe that it is hidden, and holds its
 * frames back as a browser does then.
 */
function canHide() {
  let hidden = false;
  let held = [];
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (frame) => ask((now) => (hidden ? held.push(frame) : frame(now)));
  Object.defineProperty(document, 'hidden', { get: () => hidden });
  window.hide = (now) => {
    hidden = now;
    document.dispatchEvent(new Event('visibilitychange'));
    if (hidden) return;
    for (const frame of held) ask(frame);
    held = [];
  };
}

describe('a tab in the background', () => {
  test('draws nothing, but stays in the game', async () => {
    const tim = await stage.open('/?autoplay&name=Low', DESKTOP, stage.server, canHide);
    await tim.state('playing');
    await tim.page.evaluate(() => window.hide(true));
    const { frame, stats } = await tim.page.evaluate(() => ({ frame: window.drumbeat.frame, stats: window.drumbeat.stats }));
    await tim.ticks(60);
    assert.equal(await tim.page.evaluate(() => window.drumbeat.frame), frame);
    await tim.page.evaluate(() => window.hide(false));
    await tim.until((sent) => window.drumbeat.stats.bytes_out > sent, stats?.bytes_out ?? 0);
    const newest = await tim.page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve({ live: window.drumbeat.live, tick: window.drumbeat.tick })));
    }));
    assert.ok(newest.tick - newest.live.newest < 3, JSON.stringify(newest));
    await tim.assertSound();
    await tim.close();
  });

  test(`shows the present within ${FRAMES_MAX} pictures of its return`, async () => {
    const tim = await stage.open('/?autoplay&name=Hid');
    await tim.state('playing');
    await tim.until(() => window.drumbeat.own !== null);
    const tab = await tim.page.context().newCDPSession(tim.page);
    const room = await tim.page.evaluate(() => window.drumbeat.room);
    const tickOnServer = async () => (await stage.server.room(room)).tick;
    const left = await tickOnServer();
    await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
    await eventually('the world goes on', async () => await tickOnServer() > left + AWAY_TICKS);
    const back = await tickOnServer();
    await tab.send('Page.setWebLifecycleState', { state: 'active' });
    const frames = await tim.page.evaluate((tick) => new Promise((resolve) => {
      const first = window.drumbeat.frame;
      const look = () => {
        const { live, frame } = window.drumbeat;
        if (live && live.newest >= tick) resolve({ frames: frame - first, live });
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }), back);
    assert.ok(frames.frames <= FRAMES_MAX, JSON.stringify(frames));
    await tim.ticks(30);
    await tim.assertSound();
    await tim.close();
  });
});
