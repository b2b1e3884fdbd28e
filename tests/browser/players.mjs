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
    await ada.until(() => window.drumbeat?.listed === 1);
    const bob = await stage.open('/?autoplay&name=Bob&room=list', { viewport: { width: 640, height: 400 } }, stage.quiet);
    await bob.until(() => window.drumbeat?.listed === 2);
    await ada.page.getByText('Bob has joined', { exact: true }).waitFor({ state: 'visible' });
    assert.equal(await ada.page.getByText('Ada has joined').count(), 0, 'it is no news to oneself');
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
    const cy = await stage.open('/?autoplay&name=Cy&room=list', { viewport: { width: 640, height: 400 }, locale: 'de-DE' }, stage.quiet);
    await ada.page.getByText('Cy has joined', { exact: true }).waitFor({ state: 'visible' });
    await cy.until(() => window.drumbeat?.listed === 3);
    const leave = async (who, button) => {
      await who.press('Escape');
      await who.page.getByRole('button', { name: button, exact: true }).click();
      await who.state('title');
    };
    await leave(bob, 'Leave');
    await cy.page.getByText('Bob ist gegangen', { exact: true }).waitFor({ state: 'visible' });
    await leave(cy, 'Verlassen');
    // Of whoever is muted nothing is said.
    await ada.page.getByText('Cy has left', { exact: true }).waitFor({ state: 'visible' });
    assert.equal(await ada.page.getByText('Bob has left').count(), 0);
    await bob.close();
    await cy.close();
    await ada.close();
  });
});
