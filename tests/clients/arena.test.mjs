// A client that was written from PROTOCOL.md alone, in Python, plays the bundled game.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { map, startServer } from '../browser/server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A Python with the package websockets. */
const python = process.env.DRUMBEAT_PYTHON ?? `${root}target/tools/python/bin/python`;
/** Enough for the nearest pickup, and for a checksum every 16 ticks. */
const FRAMES = 240;
/** Enough for several turns of each lane. */
const CROWD_FRAMES = 96;
const RUN_MS_MAX = 60_000;

/** Lets the client play for so many frames on a server with these arguments; returns what it has seen. */
async function play(frames, ...more) {
  const server = await startServer('--tick-hz', '60', ...more);
  try {
    const url = `${server.url.replace('http', 'ws')}/ws`;
    const { stdout } = await promisify(execFile)(python, [`${root}tests/python/arena.py`, url, String(frames)], {
      timeout: RUN_MS_MAX,
    });
    const seen = JSON.parse(stdout);
    assert.equal(seen.frames, frames, stdout);
    assert.ok(seen.checksums >= frames / 16 - 1, stdout);
    assert.equal(seen.wrong, 0, stdout);
    return seen;
  } finally {
    await server.stop();
  }
}

test('a Python client reads every frame and flies to the nearest pickup', async () => {
  const seen = await play(FRAMES, '--house-bots', '0', '--map', map('harvest'));
  assert.ok(seen.taken > 0 || seen.nearest < seen.first / 2, JSON.stringify(seen));
});

test('it reads every frame in a crowd, where most wait for their turn', async () => {
  const seen = await play(CROWD_FRAMES, '--house-bots', '150', '--map', map('crowd'));
  assert.ok(seen.crowded > CROWD_FRAMES / 2, JSON.stringify(seen));
});
