// Watching without a ship.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

let eye;

describe('a spectator', () => {
  before(async () => {
    eye = await stage.open('/?room=watched');
  });

  after(() => eye?.close());

  const bar = () => eye.page.getByRole('region', { name: 'Spectating' });
  const watched = () => eye.page.evaluate(() => window.drumbeat.watched);

  test('watches the leader from the title, and takes no place', async () => {
    await eye.page.getByRole('button', { name: 'Watch' }).click();
    await eye.state('spectating');
    await bar().getByText('Watching the leader').waitFor();
    await bar().getByText('(bot)').waitFor();
    await eye.until(() => window.drumbeat.others.some(({ kind }) => kind === 0));
    assert.equal(await eye.page.evaluate(() => window.drumbeat.own), null);
    const room = await stage.server.room(await eye.page.evaluate(() => window.drumbeat.room));
    assert.deepEqual([room.players, room.spectators], [0, 1]);
    await eye.assertAccessible();
    await eye.screenshot('spectate');
  });

  test('goes from player to player by keys and by buttons', async () => {
    await eye.press('KeyR');
    const first = await watched();
    assert.equal(first.how, 'player');
    await bar().getByRole('button', { name: 'Next player' }).click();
    const second = await watched();
    assert.notEqual(second.player, first.player);
    await eye.until((player) => window.drumbeat.others.some((other) => other.player === player), second.player);
    await bar().getByRole('button', { name: 'Leader' }).click();
    assert.equal((await watched()).how, 'leader');
  });

  test('follows a ship that is clicked', async () => {
    // Ships move on: as often as it takes to hit one.
    await eventually('a click follows a ship', async () => {
      const at = await eye.page.evaluate(() => {
        const { camera, others } = window.drumbeat;
        const scale = Math.max(0.7, innerWidth / 1600, innerHeight / 900);
        const inside = others
          .filter(({ kind }) => kind === 0)
          .map(({ x, y }) => ({ x: innerWidth / 2 + (x - camera.x) * scale, y: innerHeight / 2 + (y - camera.y) * scale }));
        return inside.find(({ x, y }) => x > 300 && x < innerWidth - 300 && y > 60 && y < innerHeight - 240);
      });
      if (!at) return false;
      await eye.page.mouse.click(at.x, at.y);
      return (await watched()).how === 'player';
    });
  });

  test('flies freely by keys and by dragging, and the server follows', async () => {
    const from = await eye.page.evaluate(() => window.drumbeat.camera);
    const way = from.x > 1100 ? ['KeyA', -1] : ['KeyD', 1];
    await eye.page.keyboard.down(way[0]);
    await eye.until(([x, sign]) => (window.drumbeat.camera.x - x) * sign > 200, [from.x, way[1]]);
    await eye.page.keyboard.up(way[0]);
    await bar().getByText('Flying freely').waitFor();
    const before = await watched();
    await eye.page.mouse.move(720, 450);
    await eye.page.mouse.down();
    await eye.page.mouse.move(720 - way[1] * 60, 450, { steps: 4 });
    await eye.page.mouse.up();
    const dragged = await watched();
    assert.equal(dragged.how, 'place');
    assert.ok(Math.abs(dragged.place.x - before.place.x) > 20, JSON.stringify([before, dragged]));
  });

  test('is back with the leader when the one that it watches has left', async () => {
    const bob = await stage.open('/?autoplay&name=Bob&room=watched');
    await bob.state('playing');
    const player = await bob.page.evaluate(() => window.drumbeat.player);
    await eventually('Bob is watched', async () => {
      await eye.press('KeyR');
      return (await watched()).player === player;
    });
    await eye.until((id) => window.drumbeat.others.some((other) => other.player === id), player);
    await bob.close();
    await eye.until(() => window.drumbeat.watched.how === 'leader');
    await eye.until(() => window.drumbeat.others.some(({ kind }) => kind === 0));
  });

  test('plays when it wants to, in the same room', async () => {
    await bar().getByRole('button', { name: 'Play', exact: true }).click();
    await eye.state('playing');
    assert.equal(await bar().isVisible(), false);
    await eye.until(() => window.drumbeat.own !== null);
    assert.equal(await eye.page.evaluate(() => window.drumbeat.room), 'watched');
    await eye.ticks(40);
    await eye.assertSound();
  });

  test('flies through a world without any ship, from its middle', async () => {
    const server = await startServer(0, '--house-bots', '0');
    const other = await stage.open('/?spectate', DESKTOP, server);
    await other.state('spectating');
    await other.ticks(10);
    const from = await other.page.evaluate(() => window.drumbeat.camera);
    await other.page.keyboard.down('KeyD');
    await other.until((x) => window.drumbeat.camera.x > x + 100, from.x);
    await other.page.keyboard.up('KeyD');
    await other.assertNoErrors();
    await other.close();
    await server.stop();
  });

  test('may play, or go back to the title, where nobody may look on', async () => {
    const server = await startServer(0, '--spectators-max', '0');
    const other = await stage.open('/?spectate', DESKTOP, server);
    const status = other.page.getByRole('status');
    await status.getByRole('button', { name: 'Back to the title' }).click();
    await other.state('title');
    await other.page.getByRole('button', { name: 'Watch' }).click();
    await status.getByRole('button', { name: 'Play in any room' }).click();
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
