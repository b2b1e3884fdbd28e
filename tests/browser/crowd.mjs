// A crowd, and what it does to a player who stands still in it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DESKTOP, PHONE } from './player.mjs';
import { map, startServer } from './server.mjs';
import { stage } from './stage.mjs';

const PLAY = fileURLToPath(new URL('../../docs/play.png', import.meta.url));
/** What programs show for a link to the page, and the part of the screen that it shows. */
const PREVIEW = { path: fileURLToPath(new URL('../../assets/icons/preview.jpg', import.meta.url)), clip: { x: 120, y: 135, width: 1200, height: 630 } };

let server;

describe('a crowd', () => {
  before(async () => {
    server = await startServer('--house-bots', '60', '--map', map('fight'));
  });

  after(() => server?.stop());

  for (const [size, options] of [['', DESKTOP], ['phone-', PHONE]]) {
    test(`is drawn, and kills who stands still in it (${options.viewport.width} x ${options.viewport.height})`, async () => {
      const ada = await stage.open('/?autoplay&name=Ada', options, server);
      await ada.state('playing');
      await ada.until(() => window.drumbeat.others.filter(({ kind }) => kind === 'ship').length >= 20);
      await ada.ticks(60);
      await ada.screenshot(`${size}crowd`);
      await ada.page.keyboard.down('KeyJ');
      await ada.until(() => {
        const { state, own, others } = window.drumbeat;
        const near = ({ kind, x, y }) => kind === 'shot' && own && Math.hypot(x - own.x, y - own.y) < 450;
        return state === 'dead' || others.filter(near).length >= 6;
      });
      const picture = await ada.screenshot(`${size}fight`);
      // This picture is in the README.
      if (process.env.DRUMBEAT_UPDATE_PICTURE === '1' && size === '') {
        writeFileSync(PLAY, picture);
        const showPanels = (shown) => ada.page.evaluate((visibility) => (document.getElementById('hud').style.visibility = visibility), shown ? '' : 'hidden');
        await showPanels(false);
        await ada.page.screenshot({ ...PREVIEW, type: 'jpeg', quality: 70 });
        await showPanels(true);
      }
      await ada.page.keyboard.up('KeyJ');
      const death = ada.page.getByRole('region', { name: 'Destroyed' });
      // Found and read in one step, since it soon disappears.
      const said = await (await ada.until(() => {
        const region = document.getElementById('death');
        return window.drumbeat.state === 'dead' && !region.hidden && region.innerText;
      })).jsonValue();
      await ada.screenshot(`${size}death`);
      assert.match(said, /by .+, with the (gun|rail)|by somebody who has left/);
      assert.match(said, /Back in \d/);
      await ada.assertFits();
      await ada.assertAccessible();
      // The return takes ten seconds on this map: once is enough.
      if (options === DESKTOP) {
        await ada.state('playing');
        await death.waitFor({ state: 'hidden' });
      }
      await ada.assertSound();
      await ada.close();
    });
  }
});
