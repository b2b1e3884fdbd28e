// A page that is hidden for a while is back in the present at once.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from './player.mjs';
import { stage } from './stage.mjs';

const AWAY_TICKS = 90;
const FRAMES_MAX = 2;

describe('a tab in the background', () => {
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
