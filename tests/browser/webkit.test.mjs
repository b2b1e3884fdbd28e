// Plays Drumbeat in WebKit, as far as it needs to be known that it works there: WebKitGTK's MiniBrowser,
// whose engine is that of Safari.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, goesEast } from './eventually.mjs';
import { map, startServer } from './server.mjs';
import { startWebKit } from './webkit.mjs';

const [ENTER, ESCAPE] = ['\uE007', '\uE00C'];

let server;
let eve;

describe('in WebKit', () => {
  before(async () => {
    server = await startServer('--house-bots', '0', '--map', map('quiet'));
    eve = await startWebKit();
    // WebKitGTK would draw with a WebGL that the processor renders.
    await eve.open(`${server.url}/?draw=2d`);
  });

  after(async () => {
    await eve?.close();
    await server?.stop();
  });

  test('the page loads and joins', async () => {
    await eve.until(() => window.drumbeat?.state === 'title');
    await eve.type('#name', 'Eve');
    await eve.click('#play');
    await eve.until(() => window.drumbeat.state === 'playing' && window.drumbeat.own !== null);
    assert.equal(await eve.evaluate(() => document.getElementById('broken').hidden), true);
    await eventually('the server lists Eve', () => server.player('Eve'));
  });

  test('keys fly, and the mouse aims and fires', async () => {
    await eve.keys('down', 'd');
    await goesEast(server, 'Eve', 100);
    await eve.keys('up', 'd');
    await eve.mouse(600, 300);
    await eve.mouse(20, 300, 'pointerDown');
    await eve.until(() => (window.drumbeat.own?.buttons & 4) === 4 && Math.cos((window.drumbeat.own.aim / 128) * Math.PI) < 0);
    await eve.until(() => window.drumbeat.others.some(({ kind }) => kind === 'shot'));
    await eve.mouse(20, 300, 'pointerUp');
    await eve.until(() => window.drumbeat.own?.buttons === 0);
  });

  test('chat, menu and title work, and every view was right', async () => {
    await eve.keys('down', ENTER);
    await eve.keys('up', ENTER);
    await eve.type('#chat-text', `hello from WebKit${ENTER}`);
    await eve.until(() => document.getElementById('lines').textContent.includes('hello from WebKit'));
    await eve.until(() => window.drumbeat.stats?.checksums > 0);
    assert.equal(await eve.evaluate(() => window.drumbeat.stats.mismatches), 0);
    await eve.keys('down', ESCAPE);
    await eve.keys('up', ESCAPE);
    await eve.until(() => document.getElementById('menu').open);
    await eve.click('#menu-leave');
    await eve.until(() => window.drumbeat.state === 'title');
  });
});
