// Menu, keys, sharing: what a player sets and finds outside the game itself.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, FIREFOX } from './player.mjs';
import { stage } from './stage.mjs';

let ada;

describe('the menu', () => {
  before(async () => {
    ada = await stage.open('/?autoplay&name=Mia&room=menu', DESKTOP, stage.quiet);
    await ada.state('playing');
  });

  after(() => ada?.close());

  const menu = () => ada.page.getByRole('dialog', { name: 'Menu' });
  const keys = () => ada.page.getByRole('dialog', { name: 'Keys' });
  const focused = () => ada.page.evaluate(() => document.activeElement.id);

  test('Esc opens it and closes it, and gives the keys back to the game', async () => {
    await ada.press('Escape');
    await menu().waitFor({ state: 'visible' });
    await ada.assertAccessible();
    await ada.screenshot('menu');
    for (let i = 0; i < 12; i += 1) await ada.press('Tab');
    assert.ok(await ada.page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('#menu') !== null), 'Tab leaves the menu');
    await ada.press('Escape');
    await menu().waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'game');
  });

  test('what is set there is kept', async () => {
    await ada.press('Escape');
    await ada.page.getByLabel('Sound').uncheck();
    await ada.page.getByLabel('Volume').fill('35');
    await ada.page.getByLabel('Fewer effects').check();
    await ada.page.getByRole('button', { name: 'Resume' }).click();
    assert.equal(await ada.page.evaluate(() => document.body.classList.contains('calm')), true);
    await ada.page.reload();
    await ada.state('playing');
    await ada.press('Escape');
    assert.equal(await ada.page.getByLabel('Sound').isChecked(), false);
    assert.equal(await ada.page.getByLabel('Volume').inputValue(), '35');
    assert.equal(await ada.page.getByLabel('Fewer effects').isChecked(), true);
    await ada.press('Escape');
  });

  test('? shows the keys; a key is changed, taken from another, and kept', async () => {
    await ada.page.keyboard.type('?');
    await keys().waitFor({ state: 'visible' });
    await ada.assertAccessible();
    await keys().getByRole('button', { name: 'Fly right: D' }).click();
    await ada.press('KeyF');
    await keys().getByRole('button', { name: 'Fly right: F' }).waitFor();
    await keys().getByText(/taken from .Full screen., which has no key now/).waitFor();
    await ada.screenshot('keys');
    await keys().getByRole('button', { name: 'Fire the gun: J' }).click();
    await keys().getByText('Press a key…').click({ button: 'middle' });
    await keys().getByRole('button', { name: 'Fire the gun: Middle button' }).waitFor();
    await keys().getByRole('button', { name: 'Fire the rail: E' }).click();
    await keys().getByRole('button', { name: 'Boost: Space', exact: true }).click();
    await keys().getByRole('button', { name: 'Fire the rail: E' }).waitFor();
    await ada.page.evaluate(() => document.activeElement.blur());
    await ada.press('KeyB');
    await keys().getByRole('button', { name: 'Boost: B' }).waitFor();
    await keys().getByRole('button', { name: 'Boost: B' }).click();
    await keys().getByRole('button', { name: 'Close' }).click();
    await keys().waitFor({ state: 'hidden' });
    await ada.page.reload();
    await ada.state('playing');
    await ada.page.keyboard.down('KeyF');
    // The key flies the ship to the east, with thrust.
    await ada.until(() => window.drumbeat.own?.steer === 0 && window.drumbeat.own.buttons === 1);
    await ada.page.keyboard.up('KeyF');
  });

  test('no key flies the ship beneath a dialog, wherever the focus is', async () => {
    await ada.page.keyboard.type('?');
    await keys().waitFor({ state: 'visible' });
    await ada.page.evaluate(() => document.activeElement.blur());
    await ada.page.keyboard.down('KeyF');
    assert.deepEqual(await ada.page.evaluate(() => window.drumbeat.held), []);
    await ada.page.keyboard.up('KeyF');
    await ada.press('Escape');
    await keys().waitFor({ state: 'hidden' });
  });

  test('the first keys come back', async () => {
    await ada.page.keyboard.type('?');
    await ada.page.getByRole('button', { name: 'Reset to defaults' }).click();
    await keys().getByRole('button', { name: 'Fly right: D' }).waitFor();
    await ada.page.getByRole('button', { name: 'Close', exact: true }).click();
    await keys().waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'game');
  });

  test('a link to the room is copied, or shown where nothing may be copied', async () => {
    const link = `${stage.quiet.url}/?room=menu`;
    const share = async () => {
      await ada.press('Escape');
      await ada.page.getByRole('button', { name: 'Copy link' }).click();
    };
    if (!FIREFOX) await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await share();
    await menu().getByText(`Copied: ${link}`).waitFor();
    // Firefox asks a person before a page may read.
    if (!FIREFOX) assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), link);
    await ada.press('Escape');
    await ada.page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await share();
    await menu().getByText('Copy this link').waitFor();
    assert.equal(await ada.page.getByLabel('Link to this room').inputValue(), link);
    assert.equal(await ada.page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), link);
    await ada.press('Escape');
  });

  test('Leave goes back to the title, and Play into the game again', async () => {
    await ada.press('Escape');
    await ada.page.getByRole('button', { name: 'Leave' }).click();
    await ada.state('title');
    await ada.join('Mia');
    await ada.ticks(40);
    await ada.assertSound();
  });
});
