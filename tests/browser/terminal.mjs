// The console of a browser as a client: the lines that docs/terminal.md prints for it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { stage } from './stage.mjs';

const document = readFileSync(new URL('../../docs/terminal.md', import.meta.url), 'utf8');
const [, lines] = /In the console of a browser.*?```js\n(.*?)```/s.exec(document);

describe('the console of a browser', () => {
  test('plays in JSON text', async () => {
    const page = await stage.open('/', DESKTOP, stage.quiet);
    await page.page.evaluate(() => {
      window.said = [];
      console.log = (message) => window.said.push(message);
    });
    await page.page.evaluate(new Function(lines));
    await page.until(() => window.said.some((message) => message.state));
    const said = await page.page.evaluate(() => window.said);
    assert.equal(said[0].welcome.name, 'Eve');
    assert.equal(said.find((message) => message.state).you.avatar.kind, 'ship');
    await page.close();
  });
});
