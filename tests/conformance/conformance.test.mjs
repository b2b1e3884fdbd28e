// The Autobahn test suite against the server's own reading and writing of WebSockets: every case has
// the verdict of autobahn.txt. DRUMBEAT_AUTOBAHN is its Python and its folder, with a line break between
// them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '../browser/server.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [python, folder] = process.env.DRUMBEAT_AUTOBAHN.split('\n');
const top = mkdtempSync(join(tmpdir(), 'drumbeat-conformance-'));
/** Cases that run side by side: most of the time, somebody waits. */
const PARTS = [['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*'], ['9.1.*', '9.2.*'], ['9.3.*', '9.4.*'], ['9.5.*', '9.6.*', '9.7.*', '9.8.*']];
const RUN_MS_MAX = 600_000;

let server;
/** What the suite reports, by case. */
const reported = new Map();

before(async () => {
  server = await startServer();
  await Promise.all(PARTS.map(run));
});

after(async () => {
  await server.stop();
  rmSync(top, { recursive: true });
});

async function run(cases, number) {
  const outdir = join(top, String(number));
  const spec = join(top, `${number}.json`);
  const servers = [{ agent: 'drumbeat', url: `${server.url.replace('http', 'ws')}/echo` }];
  writeFileSync(spec, JSON.stringify({ outdir, servers, cases, 'exclude-cases': [], 'exclude-agent-cases': {} }));
  const arguments_ = [here('wstest.py'), folder, '-m', 'fuzzingclient', '-s', spec];
  await promisify(execFile)(python, arguments_, { cwd: top, timeout: RUN_MS_MAX, maxBuffer: 64 << 20 });
  const report = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'));
  for (const [id, verdict] of Object.entries(report.drumbeat)) reported.set(id, verdict);
}

const listed = readFileSync(here('autobahn.txt'), 'utf8').split('\n').filter((line) => /^\d/.test(line));

test('the cases are those of the list', () => {
  assert.deepEqual([...reported.keys()].sort(), listed.map((line) => line.split(' ')[0]).sort());
});

for (const line of listed) {
  const [id, verdict] = line.split(' ');
  test(`case ${id}`, () => {
    const { behavior, behaviorClose } = reported.get(id);
    const close = verdict === 'INFORMATIONAL' ? verdict : 'OK';
    assert.deepEqual([behavior, behaviorClose], [verdict, close]);
  });
}
