// The feed of a room, as a page reads it that only watches: by EventSource, over a restart of the server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { DESKTOP, eventually } from './player.mjs';
import { startServer } from './server.mjs';
import { stage } from './stage.mjs';

const flags = ['--house-bots', '0', '--round-minutes', '0', '--come-back-s', '1'];

describe('a page that watches a room', () => {
  let server;
  let ada;

  before(async () => {
    server = await startServer(...flags);
    ada = await stage.open('/?room=den&autoplay&name=Ada', DESKTOP, server);
    await ada.state('playing');
  });

  after(async () => {
    await ada?.close();
    await server?.stop();
  });

  /** What the page has heard, as kinds and names. */
  const heard = () => ada.page.evaluate(() => window.heard);
  const hears = (what, holds) => eventually(what, async () => holds(await heard()));

  test('hears of it, and after a restart that it has missed something', async () => {
    await ada.page.evaluate(() => {
      window.heard = [];
      window.feed = new EventSource('/api/rooms/den/feed');
      window.feed.onmessage = ({ data }) => {
        const { kind, name, of, why } = JSON.parse(data);
        window.heard.push([kind, name ?? of ?? why ?? ''].join(' ').trim());
      };
    });
    await hears('who joined', (said) => said.includes('join Ada'));
    assert.deepEqual((await heard()).slice(0, 2), ['open', 'join Ada']);
    await server.stop();
    await hears('the end', (said) => said.at(-1) === 'end server');
    server = await startServer(...flags, '--listen', `127.0.0.1:${server.port}`);
    // The page's player comes back by itself, and with it the room.
    await hears('who joined the new room', (said) => said.lastIndexOf('join Ada') > said.indexOf('end server'));
    const since = (await heard()).slice((await heard()).indexOf('end server'));
    assert.deepEqual(since.slice(0, 4), ['end server', 'open', 'missed restart', 'join Ada']);
  });

  test('is no more than the lines of the documents show', async () => {
    const text = ['README.md', 'docs/feed.md'].map((path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).join('\n');
    const lines = text.match(/curl[^\n`]* '?http:\/\/127\.0\.0\.1:7777\/api\/rooms\/main\/feed[^\n`]*/g);
    assert.equal(lines.length, 4, 'the lines are not found');
    for (const line of lines) {
      const here = line.replace('127.0.0.1:7777', `127.0.0.1:${server.port}`).replace('/main/', '/den/');
      const curl = spawn('sh', ['-c', `exec ${here}`], { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      curl.stdout.on('data', (part) => (said += part));
      await eventually(`${here} shows who joined`, () => /"kind":"join","player":\d+,"name":"Ada"\}/.test(said));
      curl.kill();
    }
  });

  test('is not there any more for a room that is closed for good', async () => {
    const state = await ada.page.evaluate(() => {
      const none = new EventSource('/api/rooms/nowhere/feed');
      return new Promise((resolve) => (none.onerror = () => resolve(none.readyState)));
    });
    assert.equal(state, 2, 'it gives up');
    await ada.page.evaluate(() => window.feed.close());
  });
});
