// The game on a phone, played with two thumbs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fingers, watchRail } from './fingers.mjs';
import { PHONE, eventually, goesEast } from './player.mjs';
import { stage } from './stage.mjs';

let tim;
let touch;

const thumbs = (type, ...touchPoints) => touch.send('Input.dispatchTouchEvent', { type, touchPoints });

describe('on a phone', () => {
  before(async () => {
    tim = await stage.open('', PHONE, stage.quiet);
    touch = await tim.page.context().newCDPSession(tim.page);
  });

  after(() => tim?.close());

  test('the title fits', async () => {
    await tim.state('title');
    await tim.assertAccessible();
    await tim.screenshot('phone-title');
    await tim.join('Tim');
    await eventually('the server lists Tim', () => stage.quiet.player('Tim'));
  });

  test('ghosts show the sticks until they are pushed, and the help for fingers comes first', async () => {
    await tim.until(() => window.drumbeat.own !== null && window.drumbeat.device === 'touch');
    await tim.screenshot('phone-ghosts');
    await tim.page.getByRole('button', { name: 'Menu' }).tap();
    await tim.page.getByRole('button', { name: 'Keys' }).tap();
    const keys = tim.page.getByRole('dialog', { name: 'Keys' });
    const [help, table] = [keys.getByText('Left thumb'), keys.getByRole('table')];
    await help.waitFor({ state: 'visible' });
    assert.ok((await help.boundingBox()).y < (await table.boundingBox()).y);
    await tim.assertAccessible();
    await keys.getByRole('button', { name: 'Close' }).tap();
  });

  test('the left thumb moves the own ship, the right one fires', async () => {
    const left = { x: 140, y: 700, id: 1 };
    await thumbs('touchStart', { ...left, x: 90 });
    await thumbs('touchMove', left);
    await goesEast(stage.quiet, 'Tim', 100);
    await thumbs('touchStart', left, { x: 300, y: 700, id: 2 });
    await thumbs('touchMove', left, { x: 300, y: 650, id: 2 });
    await tim.until(() => (window.drumbeat.own?.buttons & 5) === 5);
    await tim.ticks(10);
    await tim.screenshot('phone-play');
    await thumbs('touchEnd');
    await tim.until(() => window.drumbeat.own?.buttons === 0);
  });

  test('a double tap on the right fires the rail, and so does a second finger there; one tap does not', async () => {
    await watchRail(tim);
    const tap = (id) => [['pointerdown', id, 300, 700], ['pointerup', id, 300, 700]];
    await fingers(tim, ...tap(5));
    await tim.ticks(20);
    assert.equal(await tim.page.evaluate(() => window.rails), 0);
    await fingers(tim, ...tap(5), ...tap(5));
    await tim.until(() => window.rails > 0);
    await tim.page.evaluate(() => (window.rails = 0));
    await fingers(tim, ['pointerdown', 5, 300, 700], ['pointermove', 5, 300, 660], ['pointerdown', 6, 250, 600]);
    await tim.until(() => window.rails > 0);
    await fingers(tim, ['pointerup', 6, 250, 600], ['pointerup', 5, 300, 660]);
    await tim.until(() => window.drumbeat.own?.buttons === 0);
  });

  test('the round button fires the rail beside the stick', async () => {
    const { x, y, width, height } = await tim.page.getByRole('button', { name: 'Rail' }).boundingBox();
    const button = { x: x + width / 2, y: y + height / 2, id: 2 };
    assert.ok(button.x > 195 && button.y > 422, 'the button is out of the right thumb\'s reach');
    await thumbs('touchStart', { x: 90, y: 700, id: 1 });
    await thumbs('touchStart', { x: 90, y: 700, id: 1 }, button);
    await tim.until(() => (window.drumbeat.own?.buttons & 8) === 8);
    await thumbs('touchEnd');
    await tim.until(() => window.drumbeat.own?.buttons === 0);
  });

  test('fingers neither zoom, nor scroll, nor select', async () => {
    await thumbs('touchStart', { x: 100, y: 500, id: 1 }, { x: 300, y: 500, id: 2 });
    await thumbs('touchMove', { x: 40, y: 300, id: 1 }, { x: 380, y: 700, id: 2 });
    await thumbs('touchEnd');
    await tim.page.touchscreen.tap(200, 400);
    await tim.page.touchscreen.tap(200, 400);
    const { scale, scroll, selected } = await tim.page.evaluate(() => ({
      scale: visualViewport.scale,
      scroll: [scrollX, scrollY, visualViewport.pageTop],
      selected: getSelection().toString(),
    }));
    assert.deepEqual([scale, scroll, selected], [1, [0, 0, 0], '']);
  });

  test('the lag lab is a sheet that leaves the ship in sight', async () => {
    await tim.page.getByRole('button', { name: 'Menu', exact: true }).tap();
    await tim.page.getByRole('button', { name: 'Lag lab', exact: true }).tap();
    const lab = tim.page.getByRole('complementary', { name: 'Lag lab' });
    await lab.waitFor({ state: 'visible' });
    assert.ok((await lab.boundingBox()).y > 844 / 2);
    await tim.ticks(60);
    await tim.screenshot('phone-lab');
    await tim.assertAccessible();
    await lab.getByRole('button', { name: 'Close the lag lab' }).tap();
    await lab.waitFor({ state: 'hidden' });
  });

  test('a spectator drags the picture', async () => {
    const eye = await stage.open('/?spectate', PHONE);
    await eye.state('spectating');
    await eye.until(() => window.drumbeat.others.some(({ kind }) => kind === 'ship'));
    await eye.ticks(30);
    await eye.page.locator('#watched', { hasText: '(bot)' }).waitFor();
    await eye.screenshot('phone-spectate');
    await eye.assertAccessible();
    const finger = await eye.page.context().newCDPSession(eye.page);
    const drag = (type, ...touchPoints) => finger.send('Input.dispatchTouchEvent', { type, touchPoints });
    await drag('touchStart', { x: 200, y: 400 });
    for (let y = 390; y >= 340; y -= 10) await drag('touchMove', { x: 200, y });
    await drag('touchEnd');
    await eye.until(() => window.drumbeat.watched.how === 'place');
    await eye.close();
  });

  test('the chat is written above the keyboard on the screen', async () => {
    await tim.page.getByRole('button', { name: 'Chat' }).tap();
    const field = tim.page.getByRole('textbox', { name: 'Chat' });
    await field.waitFor({ state: 'visible' });
    // A headless browser has no on-screen keyboard: this simulates one that covers 340 pixels.
    await tim.page.evaluate(() => {
      Object.defineProperty(visualViewport, 'height', { value: innerHeight - 340, configurable: true });
      visualViewport.dispatchEvent(new Event('resize'));
    });
    const { y, height } = await field.boundingBox();
    assert.ok(y > 0 && y + height <= 844 - 340, `the field is at ${y}, ${height} high`);
    await tim.screenshot('phone-chat');
    await tim.page.evaluate(() => {
      delete visualViewport.height;
      visualViewport.dispatchEvent(new Event('resize'));
    });
    await tim.press('Escape');
  });

  test('its side shows the same', async () => {
    await tim.page.setViewportSize({ width: 844, height: 390 });
    await tim.ticks(30);
    await tim.screenshot('phone-side');
    const rail = await tim.page.getByRole('button', { name: 'Rail' }).boundingBox();
    assert.ok(rail.x > 422 && rail.y + rail.height <= 390);
    await tim.assertSound();
  });
});
