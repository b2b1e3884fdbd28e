// The first life's hints, and the list of players.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { stage } from './stage.mjs';

describe('the first life', () => {
  test('says what to press, each until it is done, and never again', async () => {
    const ada = await stage.open('/?autoplay&name=Ada&room=hints', DESKTOP, stage.quiet);
    await ada.state('playing');
    const says = (text) => ada.page.locator('#hint-words', { hasText: text }).waitFor({ state: 'visible' });
    await says('W A S D to fly');
    await ada.page.keyboard.down('KeyD');
    await says('to fire');
    await ada.page.keyboard.up('KeyD');
    await ada.page.mouse.move(900, 300);
    await ada.page.mouse.down();
    await says('for the rail');
    await ada.page.mouse.up();
    await ada.page.keyboard.down('KeyE');
    await says('Fly over a symbol');
    await ada.page.keyboard.up('KeyE');
    await ada.page.reload();
    await ada.state('playing');
    await says('Fly over a symbol');
    await ada.close();
  });
});

describe('the list of players', () => {
  test('shows who is there, and mutes whom one does not want to read', async () => {
    const ada = await stage.open('/?autoplay&name=Ada&room=list', DESKTOP, stage.quiet);
    const bob = await stage.open('/?autoplay&name=Bob&room=list', { viewport: { width: 640, height: 400 } }, stage.quiet);
    await Promise.all([ada.state('playing'), bob.state('playing')]);
    const say = async (text) => {
      await bob.press('Enter');
      await bob.page.keyboard.type(text);
      await bob.press('Enter');
    };
    await say('hello there');
    await ada.page.getByText('hello there').waitFor({ state: 'visible' });
    await ada.press('Tab');
    const list = ada.page.getByRole('dialog', { name: 'Players' });
    await list.getByText('2 players').waitFor({ state: 'visible' });
    const row = list.getByRole('row', { name: /Bob/ });
    await row.getByRole('button', { name: 'Report what Bob said last' }).waitFor({ state: 'visible' });
    await ada.assertAccessible();
    await ada.screenshot('players');
    await row.getByRole('button', { name: 'Mute Bob' }).click();
    await row.getByText('muted').waitFor({ state: 'visible' });
    await ada.press('Escape');
    await list.waitFor({ state: 'hidden' });
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), 'game');
    assert.equal(await ada.page.getByText('hello there').count(), 0);
    await ada.press('Enter');
    await ada.page.keyboard.type('é'.repeat(90));
    await ada.page.getByText('20 left', { exact: true }).waitFor({ state: 'visible' });
    await ada.press('Escape');
    await bob.close();
    await ada.close();
  });
});
