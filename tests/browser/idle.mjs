// The server closes a player who does nothing, and its page does not rejoin by itself.

import { describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

describe('a player who has gone away', () => {
  test('gives the seat back, is told so, and may come again', async () => {
    const server = await startServer('--afk-timeout-s', '2', '--house-bots', '0');
    const ada = await stage.open('/?autoplay&name=Ada', DESKTOP, server);
    await ada.state('refused');
    await ada.page.getByText('You were away too long').waitFor({ state: 'visible' });
    await eventually('the seat is free', async () => (await server.room('main')).players === 0);
    await ada.page.getByRole('button', { name: 'Try again' }).click();
    await ada.state('playing');
    ada.assertNoErrors();
    await ada.close();
    await server.stop();
  });
});
