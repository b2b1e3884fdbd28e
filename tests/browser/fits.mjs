// Whatever is shown fits: on small screens, zoomed to 200 %, and, where the system asks for it, in forced
// colours and without motion. Nothing is cut off, no text leaves its box, and nothing covers anything else.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { faults } from './faults.mjs';
import { PHONE } from './player.mjs';
import { stage } from './stage.mjs';

/** At 200 % a window of 1440 x 900 has half as many CSS pixels, each of four. */
const SCREENS = {
  'a desktop': { width: 1440, height: 900 },
  'a desktop at 200 %': { width: 720, height: 450 },
  'a small window': { width: 320, height: 480 },
  'a phone': { width: 390, height: 844 },
  'a phone on its side': { width: 844, height: 390 },
};

let ada;

/** Checks what is shown on every screen. */
async function fits(what, screens = Object.keys(SCREENS)) {
  const wrong = [];
  for (const screen of screens) {
    await ada.page.setViewportSize(SCREENS[screen]);
    const from = await ada.page.evaluate(() => window.drumbeat.frame);
    await ada.until((frame) => window.drumbeat.frame > frame + 2, from);
    const found = await ada.page.evaluate(faults);
    if (found.length > 0) await ada.screenshot(`fits-${what}-${screen}`.replaceAll(' ', '-').replace('%', ''));
    wrong.push(...found.map((fault) => `${what} on ${screen}: ${fault}`));
  }
  await ada.page.setViewportSize(SCREENS['a desktop']);
  assert.deepEqual(wrong, []);
}

/** The screens of the page, and how one comes to each from the game. */
const SHOWN = {
  'the game': { open: () => {}, close: () => {} },
  'the menu': { open: () => ada.press('Escape'), close: () => ada.press('Escape') },
  'the keys': { open: () => ada.page.keyboard.type('?'), close: () => ada.press('Escape') },
  'the chat': { open: () => ada.press('Enter'), close: () => ada.press('Escape') },
  'the players': { open: () => ada.press('KeyP'), close: () => ada.press('KeyP') },
  'the lag lab': { open: () => ada.press('F3'), close: () => ada.press('F3') },
};

for (const [who, options] of Object.entries({ 'with a mouse': {}, 'with fingers': PHONE, 'in German': { locale: 'de-DE' } })) {
  describe(`what is shown fits, ${who}`, () => {
    before(async () => {
      ada = await stage.open('/?room=fits', options, stage.quiet);
      await ada.state('title');
    });

    after(() => ada?.close());

    test('the title', async () => {
      await fits(`the title ${who}`);
    });

    test('the way into the game', async () => {
      await ada.page.locator('#name').fill('Ada');
      await ada.page.locator('#play').click();
      await ada.state('playing');
      await ada.until(() => window.drumbeat.own !== null);
      // What a fight would write there, with names as long as they may be.
      await ada.page.evaluate(() => {
        const row = () => {
          const [killer, victim] = ['Maximiliane Mustermann-7', 'Wolfeschlegelsteinhausen'].map((name) => Object.assign(document.createElement('b'), { textContent: name }));
          const item = document.createElement('li');
          item.append(killer, ' ✕ ', victim);
          return item;
        };
        document.getElementById('feed').append(row(), row(), row());
      });
    });

    for (const [what, { open, close }] of Object.entries(SHOWN)) {
      test(what, async () => {
        await open();
        if (who === 'with a mouse') await ada.assertAccessible();
        await fits(`${what} ${who}`).finally(close);
      });
    }
  });
}

describe('what the system asks for', () => {
  before(async () => {
    ada = await stage.open('/?autoplay&room=asks', { viewport: SCREENS['a desktop'], forcedColors: 'active', reducedMotion: 'reduce' }, stage.quiet);
    await ada.state('playing');
    await ada.until(() => window.drumbeat.own !== null);
  });

  after(() => ada?.close());

  test('in forced colours the bars differ from what is empty of them, and buttons have edges', async () => {
    const looks = await ada.page.evaluate(() => [...document.querySelectorAll('.meter')].map((meter) => {
      const [bar, fill] = [getComputedStyle(meter), getComputedStyle(meter.firstElementChild)];
      return { bar: bar.backgroundColor, fill: fill.backgroundColor, edge: bar.borderTopWidth };
    }));
    assert.ok(looks.length >= 3);
    for (const { bar, fill, edge } of looks) assert.ok(bar !== fill && edge !== '0px', JSON.stringify({ bar, fill, edge }));
    await ada.screenshot('forced-colours');
    // The colours are the system's; axe-core reads those of the page.
    await ada.assertAccessible('color-contrast');
    await ada.press('Escape');
    await ada.screenshot('forced-colours-menu');
    await ada.assertAccessible('color-contrast');
    await ada.press('Escape');
  });

  test('without motion nothing is animated, and the box for it is ticked and locked', async () => {
    await ada.press('Escape');
    const box = ada.page.getByLabel('Fewer effects');
    assert.deepEqual([await box.isChecked(), await box.isDisabled()], [true, true]);
    await ada.press('Escape');
    assert.deepEqual(await ada.page.evaluate(() => document.getAnimations().map(({ effect }) => effect.target.id)), []);
    assert.equal(await ada.page.evaluate(() => document.body.classList.contains('calm')), true);
  });
});
