// Another page uses `assets/js/net` unchanged to join the same server, and shows numbers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LIMIT_MS } from './player.mjs';
import { stage } from './stage.mjs';

const file = (name) => readFileSync(new URL(`second/${name}`, import.meta.url));

describe('the library', () => {
  test('serves a page that knows nothing of Arena', async () => {
    const context = await stage.browser.newContext();
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    const asked = [];
    const errors = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.route('**/second/*', (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1) || 'index.html';
      route.fulfill({ body: file(name), contentType: name.endsWith('.js') ? 'text/javascript' : 'text/html' });
    });
    await page.goto(`${stage.server.url}/second/index.html`);
    await page.waitForFunction(() => Number(document.getElementById('tick').textContent) > 0);
    const first = Number(await page.locator('#tick').textContent());
    await page.waitForFunction((tick) => Number(document.getElementById('tick').textContent) > tick + 20, first);
    await page.waitForFunction(() => Number(document.getElementById('entities').textContent) > 0);
    await page.waitForFunction(() => document.getElementById('kinds').textContent.includes('ship'));
    await page.waitForFunction(() => document.getElementById('own').textContent !== '');
    assert.equal(await page.locator('#room').textContent(), 'numbers');
    assert.deepEqual(asked.filter((path) => path.includes('arena')), []);
    assert.deepEqual(errors, []);
    await context.close();
  });
});
