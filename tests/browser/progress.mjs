// The page of a swarm: its charts while it plays, and its report at the end, when the program is gone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { startSwarm } from './server.mjs';
import { stage } from './stage.mjs';

describe('the page of a swarm', () => {
  let swarm;
  let eye;

  after(async () => {
    swarm?.kill();
    await eye?.close();
  });

  test('draws how it goes, and holds the report when the program is gone', async () => {
    swarm = await startSwarm(stage.quiet, '--room', 'swarm');
    eye = await stage.open('/', undefined, swarm);
    await eye.until(() => document.querySelector('figure path')?.getAttribute('d'));
    const drawn = await eye.page.evaluate(() => document.querySelector('figure path').getAttribute('d'));
    await eye.until((before) => document.querySelector('figure path').getAttribute('d') !== before, drawn);
    // Only what is measured has a report.
    await eye.page.getByText(/^measuring: \d+ of 3600 s$/).waitFor();
    assert.equal(await swarm.stop(), 0);
    await eye.page.getByText(/^Ended after .*no failures/).waitFor();
    const report = eye.page.getByRole('region', { name: 'Report' });
    await report.getByRole('row', { name: 'checksums that did not match 0' }).waitFor();
    const saving = eye.page.waitForEvent('download');
    await report.getByRole('link', { name: /^Save the report/ }).click();
    assert.equal(JSON.parse(readFileSync(await (await saving).path(), 'utf8')).joined, 3);
    await eye.screenshot('swarm');
    await eye.assertAccessible();
    eye.assertNoErrors();
  });
});
