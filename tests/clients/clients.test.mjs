// Clients that know nothing of Drumbeat play in JSON text: the lines and programs that README and
// docs/terminal.md print, as they are printed but for the port.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { map, startServer, startSwarm } from '../browser/server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const packages = join(root, 'tests/browser/node_modules');
/** A Python with the package websockets. */
const python = process.env.DRUMBEAT_PYTHON ?? join(root, 'target/tools/python/bin/python');
const LIMIT_MS = 30_000;

const terminal = readFileSync(join(root, 'docs/terminal.md'), 'utf8');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** The listings of a text, each with the language that it names. */
const listings = (text) => [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, language, lines]) => ({ language, lines }));
const connects = /^(websocat|wscat|websockets) /;
/** The commands that connect somebody at a terminal. */
const commands = listings(terminal).find(({ lines }) => connects.test(lines)).lines.trim().split('\n');
const program = (language) => listings(terminal).find((listing) => listing.language === language).lines;

const folder = mkdtempSync(join(tmpdir(), 'drumbeat-clients-'));
let server;
const running = new Set();

/** Runs a line of a shell, with the port of the server under test. */
function run(line) {
  assert.ok(line.includes('127.0.0.1:7777') || !line.includes('ws://'), line);
  const child = spawn('sh', ['-c', `exec ${line.replace('7777', server.port)}`], {
    cwd: folder,
    env: { ...process.env, PATH: [join(packages, '.bin'), dirname(python), process.env.PATH].join(delimiter) },
  });
  running.add(child);
  let said = '';
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part) => {
      said += part;
      heard();
    });
  }
  // Some end before they read what is typed last.
  child.stdin.on('error', () => {});
  let over = false;
  child.once('close', () => {
    over = true;
    running.delete(child);
    heard();
  });
  const until = (what, holds) => new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${line}: ${what} did not come ${why}; it said:\n${said}`));
    const timer = setTimeout(() => fail(`within ${LIMIT_MS} ms`), LIMIT_MS);
    heard = () => {
      const found = holds();
      if (found) resolve(found);
      else if (over) fail('before the end');
      if (found || over) clearTimeout(timer);
    };
    heard();
  });
  return {
    type: (text) => child.stdin.write(`${text}\n`),
    close: () => child.stdin.end(),
    says: (what) => until(what, () => what.exec(said)),
    collects: () => until('a pickup collected', () => {
      const far = [...said.matchAll(/(\d+) to the next pickup/g)].map(([, units]) => Number(units));
      return far.some((units, at) => units < 60 && far[at + 1] > units + 60);
    }),
    ends: () => until('its end', () => over),
    stop: () => child.kill('SIGTERM'),
  };
}

describe('a client that knows nothing of Drumbeat', () => {
  before(async () => {
    server = await startServer('--house-bots', '0', '--map', map('harvest'), '--connections-per-address-max', '100');
    symlinkSync(packages, join(folder, 'node_modules'));
  });

  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  for (const command of commands) {
    test(`types: ${command}`, async () => {
      const client = run(command);
      // Some lose what is typed before they are connected, and say nothing of it.
      const again = setInterval(() => client.type('hello'), 200);
      await client.says(/"error":"this is no JSON object.*"send":{"join":""/).finally(() => clearInterval(again));
      client.type('{"join": "", "name": "Ada"}');
      await client.says(/"welcome":{"player":\d+,"name":"Ada","room":"main","game":"arena"/);
      const [, steer, aim] = await client.says(/"steer":(\d+),"buttons":0,"aim":(\d+).*"state":{/);
      // What is not named stays as the ship has it.
      client.type('{"input": {"buttons": 1}}');
      await client.says(new RegExp(`"steer":${steer},"buttons":1,"aim":${aim}`));
      client.type('{"chat": "good game"}');
      // Who came before has said so, too.
      await client.says(/"chat":{"line":\d+,"player":\d+,"name":"Ada","text":"good game","tick":\d+,"earlier":false}/);
      client.type('{"leave": true}');
      client.close();
      await client.ends();
    });
  }

  test('types what README shows', async () => {
    const [command, ...lines] = listings(readme).find(({ lines }) => connects.test(lines)).lines.trim().split('\n');
    assert.ok(lines.length > 2, lines);
    const client = run(command);
    for (const line of lines) client.type(line);
    await client.says(/"welcome":/);
    await client.says(/"state":{.*"state":{/s);
    await client.says(/"steer":64,"buttons":1/);
    client.close();
    await client.ends();
  });

  test('reads how a swarm goes, by the lines of README', async (t) => {
    const { lines } = listings(readme).find(({ lines }) => lines.includes('/api/jobs'));
    const [list, follow] = lines.trim().split('\n');
    const swarm = await startSwarm(server);
    t.after(() => swarm.stop());
    const here = (line) => line.replace('http://127.0.0.1:9000', swarm.url);
    const [, id] = await run(here(list)).says(/"id":"(swarm-[^"]+)"/);
    const reader = run(here(follow).replace('/ID', `/${id}`));
    await reader.says(new RegExp(`{"job":.*"id":"${id}"`));
    await reader.says(/"stage":"measuring".*"sample":{.*"connected":3/);
    assert.equal(await swarm.stop(), 0);
    await reader.says(/"end":"done"/);
    await reader.ends();
  });

  test('flies from pickup to pickup, in Python', async () => {
    writeFileSync(join(folder, 'fly.py'), program('python').replace('7777', server.port));
    const client = run('python3 fly.py');
    // What is near is gone, and the next one far: faster than anybody flies.
    await client.collects();
    client.stop();
    await client.ends();
  });

  test('talks, for Node', async () => {
    writeFileSync(join(folder, 'talk.mjs'), program('js').replace('7777', server.port));
    const client = run('node talk.mjs');
    await client.says(/Bob: hello, main/);
    client.stop();
    await client.ends();
  });
});
