// The lag lab: its settings affect the link, the netcode and the picture.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stage } from './stage.mjs';

let ada;

describe('the lag lab', () => {
  before(async () => {
    ada = await stage.open('/?autoplay&name=Lab');
    await ada.state('playing');
  });

  after(() => ada?.close());

  const lab = () => ada.page.getByRole('complementary', { name: 'Lag lab' });
  const link = () => ada.page.evaluate(() => window.drumbeat.link);

  test('F3 opens it and closes it', async () => {
    assert.equal(await lab().isVisible(), false);
    await ada.press('F3');
    await lab().waitFor({ state: 'visible' });
    await lab().getByText('Input to display').waitFor({ state: 'visible' });
    await ada.press('F3');
    await lab().waitFor({ state: 'hidden' });
  });

  test('a slider and a number make the link as slow as they say', async () => {
    await ada.press('F3');
    await lab().getByRole('slider', { name: 'Latency, ms' }).fill('500');
    assert.equal(await link(), '500ms');
    await ada.until(() => window.drumbeat.stats.rtt_us >= 500_000);
    await lab().getByRole('spinbutton', { name: 'Latency, ms, as a number' }).fill('1500');
    assert.equal(await link(), '1500ms');
    // No machine is slow enough to cause this by itself.
    await ada.until(() => window.drumbeat.stats.rtt_us >= 1_500_000);
    await lab().getByRole('spinbutton', { name: 'Jitter, ± ms, as a number' }).fill('30');
    assert.equal(await link(), '1500ms,jitter=30ms');
    await lab().getByRole('button', { name: 'LAN' }).click();
    assert.equal(await link(), '');
    await ada.until(() => window.drumbeat.stats.rtt_us < 500_000);
  });

  test('a condition stays as it was set, between the steps of its slider and beyond its end', async () => {
    const bob = await stage.open('/?autoplay&lab&link=72ms,jitter=30ms');
    await bob.state('playing');
    const number = (name) => bob.page.getByRole('spinbutton', { name: `${name}, as a number` });
    await number('Bandwidth, kbit/s').fill('900');
    assert.equal(await bob.page.evaluate(() => window.drumbeat.link), '72ms,jitter=30ms,kbps=900');
    await number('Latency, ms').focus();
    await bob.press('ControlOrMeta+A');
    await bob.page.keyboard.type('1500');
    await bob.press('Tab');
    assert.equal(await number('Latency, ms').inputValue(), '1500');
    assert.equal(await bob.page.evaluate(() => window.drumbeat.link), '1500ms,jitter=30ms,kbps=900');
    await bob.close();
  });

  test('switches turn parts of the netcode off and on', async () => {
    for (const [label, name] of [['Prediction', 'prediction'], ['Reconciliation', 'reconciliation'], ['Interpolation', 'interpolation'], ['Lag compensation', 'lagCompensation']]) {
      const box = lab().getByRole('checkbox', { name: label });
      await box.uncheck();
      assert.equal(await ada.page.evaluate((which) => window.drumbeat.switches[which], name), false);
      await box.check();
      assert.equal(await ada.page.evaluate((which) => window.drumbeat.switches[which], name), true);
    }
  });

  test('ghosts, the visible set and pending inputs are drawn, and the page stays accessible', async () => {
    await lab().getByRole('button', { name: '200 ms ± 50' }).click();
    await ada.until(() => window.drumbeat.stats.rtt_us > 140_000);
    await lab().getByRole('button', { name: 'Reset' }).click();
    for (const name of ['Ghosts', 'Visible set and grid', 'Pending inputs']) {
      await lab().getByRole('checkbox', { name }).check();
    }
    await ada.page.keyboard.down('KeyD');
    await ada.ticks(90);
    await ada.page.keyboard.up('KeyD');
    await ada.screenshot('lab');
    await ada.assertAccessible();
    await ada.assertSound();
  });

  test('the address sets the link and opens the lab; what it gets wrong is said', async () => {
    const bob = await stage.open('/?autoplay&lab&link=1500ms,jitter=20ms');
    await bob.state('playing');
    await bob.page.getByRole('slider', { name: 'Latency, ms' }).waitFor({ state: 'visible' });
    assert.equal(await bob.page.getByRole('spinbutton', { name: 'Latency, ms, as a number' }).inputValue(), '1500');
    await bob.until(() => window.drumbeat.stats?.rtt_us >= 1_480_000);
    await bob.close();
    const eve = await stage.open('/?link=fast');
    await eve.page.getByRole('alert').getByText('fast').waitFor({ state: 'visible' });
    await eve.close();
  });
});
