// A rolling restart of two servers behind HAProxy, with the configuration of deploy/: three hundred bots
// play on, nobody is refused, and each comes back by itself to the server of its room.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from '../browser/server.mjs';
import { LIMIT_MS, eventually } from './eventually.mjs';

/** Further signals count from then on. */
const ONE_WISH_MS = 1_100;
const ROOMS = ['red', 'green', 'blue', 'gold', 'teal', 'pink'];
const BOTS_PER_ROOM = 50;
const bots = join(dirname(binary), 'drumbeat-bots');
const top = mkdtempSync(join(tmpdir(), 'drumbeat-restart-'));

// Addresses of this machine that nobody else uses, so that a new server finds the port of the old one.
const ours = `127.${200 + (process.pid % 50)}.${(process.pid >> 8) % 250}`;
const proxy = { host: `${ours}.1`, from: `${ours}.2`, port: 8080 };
// One drains to the end of its time after a single signal; the other longer, until a second one.
const homes = {
  a: { host: `${ours}.4`, port: 7777, drain_s: 6, ends: true },
  b: { host: `${ours}.5`, port: 7778, drain_s: 120, ends: false },
};

const running = new Set();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(top, { recursive: true, force: true });
});

/** Starts a program. */
function start(command, args) {
  const env = { PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const program = { said: '', signal: (name) => child.kill(name) };
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (program.said += part));
  program.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  program.ended.then(() => running.delete(child));
  return program;
}

/** Starts a server at its home, and waits until it is ready. */
async function serve({ host, port, drain_s }) {
  const server = start(binary, [
    '--listen', `${host}:${port}`, '--admin', `${host}:${port + 1_000}`, '--seed', '7', '--tick-hz', '20', '--house-bots', '0',
    '--trusted-proxies', proxy.from, '--connections-per-address-max', '1000', '--rooms-per-address-max', '16', '--drain-s', `${drain_s}`, '--come-back-s', '12',
  ]);
  await eventually('a server', async () => (await get(`http://${host}:${port}/readyz`))?.ok);
  return server;
}

const get = (url) => fetch(url).catch(() => undefined);

/** The players of each room of a server. */
async function roomsOf({ host, port }) {
  const answer = await get(`http://${host}:${port + 1_000}/api/rooms`);
  const rooms = answer ? await answer.json() : [];
  return Object.fromEntries(rooms.filter(({ players }) => players > 0).map(({ name, players }) => [name, players]));
}

/** Which rooms are where, once everybody is in one. */
function everybody() {
  return eventually('everybody plays', async () => {
    const rooms = { a: await roomsOf(homes.a), b: await roomsOf(homes.b) };
    const players = Object.values(rooms).flatMap(Object.values).reduce((sum, count) => sum + count, 0);
    return players === ROOMS.length * BOTS_PER_ROOM && rooms;
  });
}

/** Lets bots play in a room through the proxy; they check what they see. */
function play(room, count, ...more) {
  const url = `ws://${proxy.host}:${proxy.port}/ws/${room}`;
  const report = join(top, `${room}-${count}.json`);
  const swarm = start(bots, ['--url', url, '--room', room, '--bots', String(count), '--threads', '1', '--json', report, ...more]);
  swarm.report = () => JSON.parse(readFileSync(report, 'utf8'));
  return swarm;
}

/** HAProxy with the file of deploy/, in front of the two homes. */
function startProxy() {
  const [key, certificate, both] = ['key.pem', 'certificate.pem', 'both.pem'].map((name) => join(top, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=play.example.org', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  let text = readFileSync(fileURLToPath(new URL('../../deploy/haproxy/http.cfg', import.meta.url)), 'utf8');
  for (const [from, to] of [
    ['maxconn 20000', 'maxconn 1000'],
    ['    bind :443 ssl', `    bind ${proxy.host}:${proxy.port}\n    bind ${proxy.host}:8443 ssl`],
    ['    bind :80\n', `    bind ${proxy.host}:8081\n`],
    // Bots come without TLS.
    ['unless { ssl_fc }', 'if { dst_port 8081 }'],
    ['/etc/haproxy/certs/play.example.org.pem', both],
    ['127.0.0.1:7777', `${homes.a.host}:7777 source ${proxy.from}`],
    ['127.0.0.1:7778', `${homes.b.host}:7778 source ${proxy.from}`],
  ]) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  const path = join(top, 'haproxy.cfg');
  writeFileSync(path, text);
  return start('haproxy', ['-db', '-f', path]);
}

test('a rolling restart refuses nobody, and all come back to the servers of their rooms', { timeout: 4 * LIMIT_MS }, async () => {
  const servers = { a: await serve(homes.a), b: await serve(homes.b) };
  const all = Object.values(servers);
  const haproxy = startProxy();
  await eventually('the proxy', async () => (await get(`http://${proxy.host}:${proxy.port}/readyz`))?.ok);
  const swarms = ROOMS.map((room) => play(room, BOTS_PER_ROOM, '--seconds', '600', '--ramp-per-s', '50'));
  const said = () => [haproxy, ...all, ...swarms].map((program) => program.said).join('\n----\n');
  try {
    const before = await everybody();
    for (const home of ['a', 'b']) assert.notDeepEqual(before[home], {}, 'both have rooms');

    for (const home of ['a', 'b']) {
      const [old, room] = [servers[home], Object.keys(before[home])[0]];
      const seen = (state) => {
        const from = haproxy.said.length;
        return () => eventually(`${home} is ${state}`, () => haproxy.said.slice(from).includes(`Server rooms/${home} is ${state}`));
      };
      const [down, asked] = [seen('DOWN'), Date.now()];
      old.signal('SIGTERM');
      await down();
      if (!homes[home].ends) {
        // Who comes now is led to the other server, while those inside play on.
        const late = play(room, 4, '--seconds', '1');
        assert.equal(await late.ended, 0, late.said);
        assert.deepEqual(await roomsOf(homes[home]), before[home], 'they play on');
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, asked + ONE_WISH_MS - Date.now())));
        old.signal('SIGTERM');
      }
      const up = seen('UP');
      assert.equal(await old.ended, 0, old.said);
      all.push((servers[home] = await serve(homes[home])));
      await up();
      assert.deepEqual(await everybody(), before, 'each is back where it was');
    }

    for (const swarm of swarms) swarm.signal('SIGINT');
    const codes = await Promise.all(swarms.map((swarm) => swarm.ended));
    assert.deepEqual(codes, ROOMS.map(() => 0));
    for (const swarm of swarms) {
      const { joined, failed_joins, disconnects, view_mismatches, checksums_verified, restarts, failures } = swarm.report();
      assert.deepEqual({ joined, failed_joins, disconnects, view_mismatches, failures }, { joined: BOTS_PER_ROOM, failed_joins: 0, disconnects: {}, view_mismatches: 0, failures: [] });
      assert.deepEqual(restarts, { returned: BOTS_PER_ROOM, failed_attempts: {} }, 'each was away once, and was let in at its first attempt');
      assert.ok(checksums_verified > 0);
    }
    for (const server of all) assert.doesNotMatch(server.said, /refused|mismatch|ERROR|panicked/);
  } catch (error) {
    throw new Error(`${error.message}\n${said()}`, { cause: error });
  }
});
