// A client that was written from PROTOCOL.md alone, in Python, plays the bundled game.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { map, startServer } from '../browser/server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A Python with the package websockets. */
const python = process.env.DRUMBEAT_PYTHON ?? `${root}target/tools/python/bin/python`;
/** Enough for the nearest pickup, and for a checksum every 16 ticks. */
const FRAMES = 240;
const RUN_MS_MAX = 60_000;

let server;

before(async () => {
  server = await startServer('--tick-hz', '60', '--house-bots', '0', '--map', map('harvest'));
});

after(() => server.stop());

test('a Python client reads every frame and flies to the nearest pickup', async () => {
  const url = `${server.url.replace('http', 'ws')}/ws`;
  const { stdout } = await promisify(execFile)(python, [`${root}tests/python/arena.py`, url, String(FRAMES)], {
    timeout: RUN_MS_MAX,
  });
  const seen = JSON.parse(stdout);
  assert.equal(seen.frames, FRAMES, stdout);
  assert.ok(seen.checksums >= FRAMES / 16 - 1, stdout);
  assert.equal(seen.wrong, 0, stdout);
  assert.ok(seen.taken > 0 || seen.nearest < seen.first / 2, stdout);
});
