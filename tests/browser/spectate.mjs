// Watching without a ship.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, assertAccessible, eventually, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

/** For players who are there only to be watched. */
const SMALL = { viewport: { width: 640, height: 400 } };
/** The middle of the quiet world. */
const MIDDLE = { x: 3_000, y: 1_500 };
/** From this distance nobody is visible. */
const FAR = 2_400;

let eye;

const bar = () => eye.page.getByRole('region', { name: 'Spectating' });
const watched = () => eye.page.evaluate(() => window.drumbeat.watched);
const sees = (player) => eye.until((id) => window.drumbeat.others.some((other) => other.player === id), player);

/** Switches to the next player until it is this one. */
async function watch(player) {
  for (let steps = 0; (await watched()).player !== player; steps += 1) {
    assert.ok(steps < 3, `player ${player} is not among those to be watched`);
    await eye.press('KeyR');
  }
  await sees(player);
}

describe('a spectator', () => {
  test('watches the leader from the title, and takes no place', async () => {
    eye = await stage.open('/?room=watched');
    await eye.page.getByRole('button', { name: 'Watch' }).click();
    await eye.state('spectating');
    await bar().getByText('Watching the leader').waitFor();
    await bar().getByText('(bot)').waitFor();
    await eye.until(() => window.drumbeat.others.some(({ kind }) => kind === 'ship'));
    assert.equal(await eye.page.evaluate(() => window.drumbeat.own), null);
    await eventually('the server counts one spectator and no player', async () => {
      const { players, spectators } = await stage.server.room('watched');
      return players === 0 && spectators === 1;
    });
    await eye.assertAccessible();
    await eye.screenshot('spectate');
    await eye.assertSound();
    await eye.close();
  });
});

describe('a room in a frame of another page', () => {
  let site;
  let origin;
  let server;

  before(async () => {
    site = createServer((request, response) => {
      const { searchParams } = new URL(request.url, 'http://site');
      const frame = `<iframe title="The room" src="${searchParams.get('room')}" width="800" height="450"></iframe>`;
      response.setHeader('content-type', 'text/html').end(`<!doctype html><title>A site</title><h1>A site</h1>${frame}`);
    });
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${site.address().port}`;
    server = await startServer('--round-minutes', '0', '--frame-ancestors', origin);
  });

  after(async () => {
    await eye?.close();
    await server?.stop();
    site?.close();
  });

  test('is shown without anything around it, and leads to the game', async () => {
    eye = await openPlayer(stage.browser, DESKTOP, `${origin}/?room=${server.url}/watch/watched`);
    const frame = eye.page.frames()[1];
    await frame.waitForFunction(() => window.drumbeat?.state === 'spectating' && window.drumbeat.others.some(({ kind }) => kind === 'ship'));
    assert.equal(frame.url(), `${server.url}/?watch&room=watched`);
    for (const id of ['hud', 'vignette', 'title', 'status']) assert.equal(await frame.locator(`#${id}`).isVisible(), false, id);
    await frame.locator('#game').focus();
    // The last of them acts, so the others have been heard.
    for (const key of ['Escape', '?', 'F3', 'KeyR']) await eye.press(key);
    await frame.waitForFunction(() => window.drumbeat.watched.how === 'player');
    assert.equal(await frame.locator('dialog[open], #lab:not([hidden])').count(), 0, 'nothing opens over the room');
    await eye.screenshot('watch');
    await assertAccessible(frame);
    const opened = eye.page.waitForEvent('popup');
    await frame.getByRole('link', { name: 'Play' }).click();
    await (await opened).waitForURL(`${server.url}/?room=watched`, { waitUntil: 'commit' });
    assert.equal(eye.page.url().startsWith(origin), true, 'the site stays');
    eye.assertNoErrors();
    await eye.close();
  });

  test('is not shown to a site that the server does not name', async () => {
    eye = await openPlayer(stage.browser, DESKTOP, `${origin}/?room=${stage.server.url}/watch/watched`);
    await eventually('the browser refuses', () => eye.page.frames()[1].url().startsWith('chrome-error:'));
    await eye.close();
  });
});

describe('a spectator of two who stand still', () => {
  let ann;
  let bob;
  const ids = {};

  before(async () => {
    const open = (query, options) => stage.open(`/?room=still&${query}`, options, stage.quiet);
    ann = await open('autoplay&name=Ann', SMALL);
    bob = await open('autoplay&name=Bob', SMALL);
    await Promise.all([ann.state('playing'), bob.state('playing')]);
    ids.ann = await ann.page.evaluate(() => window.drumbeat.player);
    ids.bob = await bob.page.evaluate(() => window.drumbeat.player);
    eye = await open('spectate', DESKTOP);
    await eye.state('spectating');
    // Both players are known once the leaderboard is.
    await eye.page.locator('#leaders li').nth(1).waitFor();
  });

  after(() => Promise.all([ann, bob, eye].map((player) => player?.close())));

  test('goes from player to player by keys and by buttons', async () => {
    await eye.press('KeyR');
    const first = await watched();
    assert.equal(first.how, 'player');
    await sees(first.player);
    await bar().getByRole('button', { name: 'Next player' }).click();
    const second = await watched();
    assert.notEqual(second.player, first.player);
    await sees(second.player);
    await eye.press('KeyQ');
    assert.deepEqual(await watched(), first);
    await bar().getByRole('button', { name: 'Leader' }).click();
    assert.equal((await watched()).how, 'leader');
  });

  test('follows a ship that is clicked', async () => {
    await watch(ids.ann);
    // A drag stops following, so the picture stands still.
    await eye.page.mouse.move(720, 450);
    await eye.page.mouse.down();
    await eye.page.mouse.move(720, 460, { steps: 4 });
    await eye.page.mouse.up();
    assert.equal((await watched()).how, 'place');
    const frame = await eye.page.evaluate(() => window.drumbeat.frame);
    await eye.until((drawn) => window.drumbeat.frame > drawn + 1, frame);
    const at = await eye.page.evaluate((id) => {
      const { camera, others } = window.drumbeat;
      const scale = Math.max(0.7, innerWidth / 1600, innerHeight / 900);
      const { x, y, player } = others.find((other) => other.player === id);
      return { x: innerWidth / 2 + (x - camera.x) * scale, y: innerHeight / 2 + (y - camera.y) * scale, player };
    }, ids.ann);
    await eye.page.mouse.click(at.x, at.y);
    assert.deepEqual(await watched(), { how: 'player', player: at.player });
  });

  test('flies freely by keys and by dragging, and the server follows', async () => {
    await watch(ids.ann);
    const still = await stage.quiet.player('Ann');
    const [key, sign] = still.x > MIDDLE.x ? ['KeyA', -1] : ['KeyD', 1];
    await eye.page.keyboard.down(key);
    // Only keys and dragging switch from a player to a place, and move it.
    await eye.until(([x, sign, far]) => {
      const { how, place } = window.drumbeat.watched;
      return how === 'place' && (place.x - x) * sign > far;
    }, [still.x, sign, FAR]);
    await eye.page.keyboard.up(key);
    await bar().getByText('Free camera').waitFor();
    await eye.until((id) => window.drumbeat.others.every(({ player }) => player !== id), ids.ann);
    const { x, y } = await stage.quiet.player('Ann');
    assert.deepEqual([x, y], [still.x, still.y], 'Ann has moved herself');
    const before = await watched();
    await eye.page.mouse.move(720, 450);
    await eye.page.mouse.down();
    await eye.page.mouse.move(720 - sign * 60, 450, { steps: 4 });
    await eye.page.mouse.up();
    // One pixel of the picture is one world unit.
    assert.deepEqual(await watched(), { how: 'place', place: { x: before.place.x + sign * 60, y: before.place.y } });
    await eye.assertSound();
  });

  test('is back with the leader when the one that it watches has left', async () => {
    await watch(ids.bob);
    // Who only closes the page may come back for a while.
    await bob.page.evaluate(() => document.getElementById('menu-leave').click());
    await bob.close();
    await eye.until(() => window.drumbeat.watched.how === 'leader');
    await sees(ids.ann);
  });

  test('plays when it wants to, in the same room', async () => {
    await bar().getByRole('button', { name: 'Play', exact: true }).click();
    await eye.state('playing');
    assert.equal(await bar().isVisible(), false);
    await eye.until(() => window.drumbeat.own !== null);
    assert.equal(await eye.page.evaluate(() => window.drumbeat.room), 'still');
    await eye.assertSound();
  });
});

describe('a spectator where nobody is', () => {
  test('flies through the world from its middle', async () => {
    const other = await stage.open('/?spectate&room=nobody', DESKTOP, stage.quiet);
    await other.state('spectating');
    await other.until(({ x, y }) => window.drumbeat.camera.x === x && window.drumbeat.camera.y === y, MIDDLE);
    await other.page.keyboard.down('KeyD');
    await other.until(({ x }) => window.drumbeat.watched.how === 'place' && window.drumbeat.camera.x > x + 100, MIDDLE);
    await other.page.keyboard.up('KeyD');
    assert.equal(await other.page.evaluate(() => window.drumbeat.camera.y), MIDDLE.y);
    await other.assertNoErrors();
    await other.close();
  });

  test('may play, or go back to the title, where nobody may look on', async () => {
    const server = await startServer('--spectators-max', '0');
    const other = await stage.open('/?spectate', DESKTOP, server);
    const status = other.page.getByRole('status');
    await status.getByRole('button', { name: 'Back to the title' }).click();
    await other.state('title');
    await other.page.getByRole('button', { name: 'Watch' }).click();
    await status.getByRole('button', { name: 'Play instead' }).click();
    await other.state('playing');
    await other.assertNoErrors();
    await other.close();
    await server.stop();
  });

  test('comes by the address too', async () => {
    const other = await stage.open('/?spectate&room=main');
    await other.state('spectating');
    await other.close();
  });
});
