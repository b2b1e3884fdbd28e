// Board, the whiteboard: several people draw together, by mouse, finger and keyboard.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, PHONE, eventually, openPlayer } from './player.mjs';
import { openRelay, startServer } from './server.mjs';
import { stage } from './stage.mjs';

/** Gives a page functions that read what is on its board. */
function toRead() {
  const sum = (text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then((bytes) => [...new Uint8Array(bytes)].join());
  // Nothing before the page's script has run.
  window.lines = () => [...window.board?.objects.lines.values() ?? []];
  window.notes = () => [...window.board?.objects.notes.values() ?? []];
  /** Whether the room has all that this page shows, and the picture is complete. */
  window.rests = () => window.session?.playing && window.session.hasDocument && window.isSettled();
  window.document$ = () => sum(JSON.stringify([...window.session.records].sort(([a], [b]) => a - b)));
  window.picture$ = () => sum(document.querySelector('#sheet').toDataURL());
}

describe('board', () => {
  let server;
  let relay;
  before(async () => {
    server = await startServer('--game', 'board');
    relay = await openRelay(server);
  });
  after(async () => {
    await relay?.close();
    await server?.stop();
  });

  async function open(name, room, options = DESKTOP, url = server.url) {
    const player = await openPlayer(stage.browser, options, `${url}/?name=${name}&room=${room}`, toRead);
    await player.page.waitForFunction(() => window.session?.playing && window.session.hasDocument);
    return player;
  }

  /** Draws through these points of the screen. */
  async function draw({ page }, points) {
    await page.bringToFront();
    await page.mouse.move(...points[0]);
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 8 });
    await page.mouse.up();
  }

  /** Waits until keys go to the note that is written. */
  const writes = ({ page }) => page.waitForFunction(() => document.activeElement?.id === 'writing');

  /** Sticks a note. */
  async function stick({ page }, at, text) {
    await page.bringToFront();
    await page.keyboard.press('n');
    await page.mouse.click(...at);
    await writes({ page });
    await page.keyboard.type(text);
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
  }

  /** Waits until the page has so many lines, and rests. */
  const settles = ({ page }, lines) => page.waitForFunction((lines) => window.lines().length === lines && window.rests(), lines);
  const seen = ({ page }) => page.evaluate(async () => [await window.document$(), await window.picture$()]);

  async function assertSound(...players) {
    for (const player of players) {
      player.assertNoErrors();
      const stats = await player.page.evaluate(() => window.session.core?.stats() ?? {});
      assert.equal(stats.mismatches, 0);
      assert.equal(stats.document_mismatches, 0);
      await player.close();
    }
  }

  test('two draw, write, point and talk, each sees the other, and a late third sees the same', async () => {
    const [ada, bob] = [await open('Ada', 'both'), await open('Bob', 'both')];
    await ada.page.getByText('An empty board').waitFor({ state: 'visible' });
    await ada.page.bringToFront();
    await ada.page.mouse.move(300, 300);
    await ada.page.mouse.down();
    await ada.page.mouse.move(500, 420, { steps: 20 });
    // The other sees the line grow before it has ended.
    await bob.page.waitForFunction(() => window.lines()[0]?.points.length > 2);
    await ada.page.mouse.move(560, 300, { steps: 20 });
    await ada.page.mouse.up();
    await draw(bob, [[700, 300], [900, 500], [700, 500], [900, 300]]);
    await stick(ada, [420, 600], 'Milk, eggs\nand a longer thought about tea');
    for (const player of [ada, bob]) {
      await settles(player, 2);
      await player.page.waitForFunction(() => window.notes()[0]?.text.startsWith('Milk, eggs\n'));
    }
    // Bob's page draws Ada's cursor where Ada points.
    await ada.page.mouse.move(640, 450);
    await bob.page.waitForFunction(() => [...window.session.schema.entities(window.session.core.truth(), window.session.core.stride)]
      .some(({ own, shown, player }) => !own && shown && window.session.core.name(player) === 'Ada'));
    await ada.page.getByRole('button', { name: 'Chat' }).click();
    await ada.page.getByRole('textbox', { name: 'Say something' }).fill('What about cake?');
    await ada.page.keyboard.press('Enter');
    await bob.page.getByRole('button', { name: 'Chat, 1 unread' }).click();
    await bob.page.getByRole('log').getByText('What about cake?').waitFor({ state: 'visible' });
    const eve = await open('Eve', 'both');
    await eve.page.getByRole('button', { name: 'Chat' }).click();
    await eve.page.getByRole('log').getByText('What about cake?').waitFor({ state: 'visible' });
    for (const { page } of [ada, bob, eve]) {
      await page.bringToFront();
      await page.keyboard.press('Escape');
      await page.locator('#over').focus();
      await page.keyboard.press('1');
    }
    for (const player of [ada, bob, eve]) await settles(player, 2);
    const views = [await seen(ada), await seen(bob), await seen(eve)];
    assert.deepEqual(views[1], views[0]);
    assert.deepEqual(views[2], views[0], 'who comes late sees the same');
    await ada.page.mouse.move(600, 500);
    await bob.page.bringToFront();
    await bob.page.waitForFunction(() => document.querySelector('#people span').textContent === '3');
    await bob.screenshot('board');
    await bob.page.getByRole('button', { name: 'Chat' }).click();
    await bob.screenshot('board-chat');
    // The menu lies over the chat.
    await bob.page.getByRole('button', { name: 'Menu' }).click();
    await bob.page.getByRole('button', { name: 'Keys and gestures' }).click();
    await bob.page.getByRole('button', { name: 'Close' }).click();
    await bob.assertAccessible();
    await assertSound(ada, bob, eve);
  });

  test('each undoes only actions of their own, also after a reload, which loses nothing', async () => {
    const [ada, bob] = [await open('Ada', 'undo'), await open('Bob', 'undo')];
    await draw(ada, [[300, 300], [500, 300]]);
    await settles(bob, 1);
    await draw(bob, [[300, 500], [500, 500]]);
    for (const player of [ada, bob]) await settles(player, 2);
    const before = await ada.page.evaluate(() => window.document$());
    await ada.page.reload();
    await settles(ada, 2);
    assert.equal(await ada.page.evaluate(() => window.document$()), before);
    await ada.page.getByRole('button', { name: 'Undo' }).click();
    for (const player of [ada, bob]) await settles(player, 1);
    assert.ok(await bob.page.evaluate(() => window.lines()[0].mark.hand === window.board.hand), 'what Bob drew is left');
    await ada.page.waitForFunction(() => document.querySelector('[data-do="undo"]').disabled);
    await ada.page.keyboard.press('Control+y');
    for (const player of [ada, bob]) await settles(player, 2);
    await bob.page.bringToFront();
    await bob.page.keyboard.press('Control+z');
    for (const player of [ada, bob]) await settles(player, 1);
    await assertSound(ada, bob);
  });

  test('objects are selected, moved, recoloured, rewritten and deleted, by pointer and by keys', async () => {
    const [ada, bob] = [await open('Ada', 'objects'), await open('Bob', 'objects')];
    await draw(ada, [[300, 300], [500, 300]]);
    await stick(ada, [800, 400], 'tea');
    await settles(bob, 1);
    await bob.page.bringToFront();
    const { x, y } = await bob.page.evaluate(() => window.notes()[0]);
    const start = await bob.page.evaluate(() => window.lines()[0].points.slice(0, 2));
    await bob.page.keyboard.press('v');
    await draw(bob, [[400, 300], [430, 380]]);
    await bob.page.waitForFunction(() => window.board.selected.size === 1 && window.rests());
    await ada.page.waitForFunction(([x, y]) => window.lines()[0].points[0] === x + 30 && window.lines()[0].points[1] === y + 80, start);
    await bob.page.keyboard.press('Control+a');
    await bob.page.waitForFunction(() => window.board.selected.size === 2);
    await bob.page.keyboard.press('Shift+ArrowRight');
    await ada.page.waitForFunction((x) => window.notes()[0].x === x + 50, x);
    await bob.page.getByRole('radio', { name: 'Pink' }).click();
    await ada.page.waitForFunction(() => [...window.lines(), ...window.notes()].every(({ colour }) => colour === 3));
    await settles(bob, 1);
    await bob.screenshot('board-selected');
    await bob.page.locator('#over').focus();
    await bob.page.keyboard.press('Escape');
    await bob.page.mouse.dblclick(840, 400);
    await writes(bob);
    await bob.page.keyboard.press('End');
    await bob.page.keyboard.type(' and cake');
    await bob.page.keyboard.press('Control+Enter');
    await ada.page.waitForFunction(() => window.notes()[0].text === 'tea and cake');
    assert.equal(await bob.page.evaluate(() => window.notes()[0].y), y);
    await bob.page.mouse.click(840, 400);
    await bob.page.keyboard.press('Delete');
    await ada.page.waitForFunction(() => window.notes().length === 0);
    await assertSound(ada, bob);
  });

  test('people whisper, report a line, and hide what somebody says', async () => {
    const [ada, bob, eve] = [await open('Ada', 'talk'), await open('Bob', 'talk'), await open('Eve', 'talk')];
    const log = ({ page }) => page.getByRole('log');
    const field = ({ page }) => page.getByRole('textbox', { name: 'Say something' });
    const says = async (player, text) => {
      await field(player).fill(text);
      await field(player).press('Enter');
    };
    const reads = (player, text) => log(player).getByText(text).waitFor({ state: 'visible' });
    const choose = async (player, what) => {
      await log(player).getByRole('button', { name: 'Ada:' }).first().click();
      await log(player).getByRole('button', { name: what }).click();
    };
    for (const { page } of [ada, bob, eve]) await page.getByRole('button', { name: 'Chat' }).click();
    await says(ada, 'buy my tea');
    await reads(bob, 'buy my tea');
    await choose(bob, 'Whisper');
    assert.equal(await field(bob).inputValue(), '/w Ada ');
    await field(bob).pressSequentially('the milk is off');
    await field(bob).press('Enter');
    await reads(ada, 'the milk is off');
    await says(ada, 'no milk?');
    await reads(eve, 'no milk?');
    assert.equal(await log(eve).getByText('the milk is off').count(), 0);
    await says(bob, '/w Nobody hello');
    await bob.page.getByText('Nobody here goes by that name').waitFor({ state: 'visible' });
    assert.equal(await field(bob).inputValue(), '/w Nobody hello');
    await choose(bob, 'Report');
    await eventually('the log has the report', () => /a chat line was reported.*buy my tea/.test(server.output()));
    await log(bob).getByRole('button', { name: 'Ada:' }).first().click();
    await bob.screenshot('board-offers');
    await bob.assertAccessible();
    await log(bob).getByRole('button', { name: 'Hide their lines' }).click();
    await says(ada, 'can you read this?');
    await reads(eve, 'can you read this?');
    await bob.page.reload();
    await bob.page.getByRole('button', { name: 'Chat' }).click();
    await says(eve, 'I can');
    await reads(bob, 'I can');
    assert.equal(await log(bob).getByText('can you read this?').isVisible(), false, 'after a reload, too');
    await bob.page.getByRole('button', { name: '3 people here' }).click();
    await bob.page.locator('#people-list').getByRole('button', { name: 'Ada' }).click();
    await bob.page.getByRole('button', { name: 'Show their lines' }).click();
    await reads(bob, 'can you read this?');
    await assertSound(ada, bob, eve);
  });

  test('what is drawn without a connection is sent once there is one again, and only once', async () => {
    const [ada, bob] = [await open('Ada', 'away', DESKTOP, relay.url), await open('Bob', 'away')];
    await draw(ada, [[300, 200], [500, 200]]);
    await settles(bob, 1);
    await bob.page.evaluate(() => window.session.chat('buy my tea'));
    await ada.page.getByRole('button', { name: 'Chat, 1 unread' }).waitFor();
    ada.serverIsAway = true;
    await ada.page.bringToFront();
    await ada.page.mouse.move(300, 300);
    await ada.page.mouse.down();
    await ada.page.mouse.move(500, 320, { steps: 30 });
    // In the middle of a line, and then every attempt fails.
    const away = await startServer('--game', 'board');
    relay.lead(away);
    await away.stop();
    relay.cut();
    await ada.page.waitForFunction(() => window.session.state.name === 'waiting');
    await ada.page.mouse.move(700, 420, { steps: 30 });
    await ada.page.mouse.up();
    for (let n = 0; n < 5; n += 1) await draw(ada, [[300, 450 + 40 * n], [600, 470 + 40 * n], [900, 450 + 40 * n]]);
    await ada.page.getByText(/not sent yet/).waitFor({ state: 'visible' });
    await ada.screenshot('board-away');
    await ada.page.getByRole('button', { name: 'Chat' }).click();
    await ada.page.getByRole('log').getByRole('button', { name: 'Bob:' }).click();
    await ada.page.getByRole('log').getByRole('button', { name: 'Report' }).click();
    await ada.page.getByText('Not reported: you are offline.').waitFor({ state: 'visible' });
    const drawn = await ada.page.evaluate(() => [...window.board.drafts].map(({ points }) => points));
    relay.lead(server);
    await ada.page.evaluate(() => window.session.hurry());
    for (const player of [ada, bob]) await settles(player, 7);
    const all = await bob.page.evaluate(() => window.lines().map(({ points }) => points));
    for (const points of drawn) assert.ok(all.some((other) => JSON.stringify(other) === JSON.stringify(points)), 'every line is there as it was drawn');
    assert.equal(drawn.length, 6);
    assert.deepEqual(await seen(bob), await seen(ada));
    await assertSound(ada, bob);
  });

  test('the board is saved as a picture, and cleared by a vote', async () => {
    const [ada, bob] = [await open('Ada', 'vote'), await open('Bob', 'vote')];
    await draw(ada, [[300, 300], [500, 350]]);
    await draw(ada, [[300, 400], [500, 450]]);
    await stick(ada, [800, 400], 'a < b & c');
    await settles(ada, 2);
    const saved = async (what) => {
      await ada.page.getByRole('button', { name: 'Menu' }).click();
      const [download] = await Promise.all([ada.page.waitForEvent('download'), ada.page.getByRole('button', { name: what }).click()]);
      return readFile(await download.path());
    };
    const svg = await saved('Save as SVG');
    const found = await ada.page.evaluate((text) => {
      const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [picture.querySelectorAll('path').length, picture.querySelector('text').textContent, picture.querySelectorAll('parsererror').length];
    }, `${svg}`);
    assert.deepEqual(found, [2, 'a < b & c', 0]);
    const png = await saved('Save as PNG');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    await ada.page.getByRole('button', { name: 'Menu' }).click();
    await ada.page.getByRole('button', { name: 'Vote to clear' }).click();
    await ada.page.getByRole('button', { name: 'Begin the vote' }).click();
    await bob.page.bringToFront();
    await bob.page.getByText(/Ada wants to clear the board/).waitFor({ state: 'visible' });
    await bob.screenshot('board-vote');
    await bob.assertAccessible();
    await bob.page.getByRole('button', { name: 'Clear it' }).click();
    for (const { page } of [ada, bob]) await page.waitForFunction(() => window.session.records.size === 0);
    await ada.page.getByText('An empty board').waitFor({ state: 'visible' });
    await assertSound(ada, bob);
  });

  test('a finger draws, two move and zoom the view', async () => {
    const ada = await open('Ada', 'touch', PHONE);
    await ada.page.waitForFunction(() => window.rests());
    const touch = await ada.page.context().newCDPSession(ada.page);
    const send = (type, ...points) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    await send('touchStart', [100, 250]);
    for (let step = 1; step <= 20; step += 1) await send('touchMove', [100 + 9 * step, 250 + 60 * Math.sin(step / 3)]);
    await send('touchEnd');
    await settles(ada, 1);
    await send('touchStart', [150, 400]);
    await send('touchStart', [150, 400], [250, 400]);
    for (let step = 1; step <= 10; step += 1) await send('touchMove', [150 - 5 * step, 400], [250 + 5 * step, 400]);
    await send('touchEnd');
    await ada.page.waitForFunction(() => window.camera.zoom > 1.8);
    await settles(ada, 1);
    assert.equal(await ada.page.evaluate(() => window.board.drafts.size), 0, 'the first of the two has drawn nothing');
    await ada.page.getByRole('button', { name: 'Note', exact: true }).tap();
    await ada.page.touchscreen.tap(200, 560);
    await writes(ada);
    await ada.page.keyboard.type('by thumb');
    await ada.page.getByRole('button', { name: 'Pen', exact: true }).tap();
    await ada.page.waitForFunction(() => window.notes()[0]?.text === 'by thumb');
    await ada.page.getByRole('button', { name: 'Note', exact: true }).tap();
    await ada.page.touchscreen.tap(200, 560);
    await writes(ada);
    await ada.page.keyboard.press('End');
    await ada.page.keyboard.type('s');
    await ada.page.getByRole('button', { name: 'Pen', exact: true }).tap();
    await ada.page.waitForFunction(() => window.notes().length === 1 && window.notes()[0].text === 'by thumbs');
    await ada.page.getByRole('button', { name: 'Select', exact: true }).tap();
    await ada.page.touchscreen.tap(200, 560);
    await ada.page.waitForFunction(() => window.board.selected.size === 1);
    await ada.page.touchscreen.tap(200, 560);
    await writes(ada);
    await ada.page.getByRole('button', { name: 'Pen', exact: true }).tap();
    await ada.page.getByRole('button', { name: 'Show everything' }).tap();
    await settles(ada, 1);
    await ada.screenshot('board-phone');
    await ada.page.getByRole('button', { name: 'Chat' }).tap();
    await ada.screenshot('board-phone-chat');
    await ada.assertAccessible();
    await assertSound(ada);
  });

  test('asks for a name, and lists its keys', async () => {
    const ada = await openPlayer(stage.browser, DESKTOP, `${server.url}/?room=name`, toRead);
    await ada.page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
    await ada.screenshot('board-welcome');
    await ada.page.getByRole('button', { name: 'Draw', exact: true }).click();
    await ada.page.waitForFunction(() => window.session?.playing && window.session.hasDocument);
    await ada.page.keyboard.press('?');
    await ada.page.getByRole('heading', { name: 'Keys and gestures' }).waitFor({ state: 'visible' });
    await ada.screenshot('board-help');
    await ada.assertAccessible();
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: '1 person here' }).click();
    await ada.page.getByText('Ada (you)').waitFor({ state: 'visible' });
    await assertSound(ada);
  });
});
