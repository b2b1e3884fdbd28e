// What attacks do to those who play: a swarm of honest bots without each attack, then with it.
//
//   node tests/attacks/attacks.mjs [--seconds 6] [--bots 100] [NAME...]
//
// Prints a table in Markdown: what the attackers were answered, how the spacing of the honest bots'
// frames changes (99th percentile), and the ticks that the server missed. It fails if an attack changes the
// spacing by more than a tenth, makes the server miss ticks, or costs an honest bot anything. The machine should have
// nothing else to do: attackers, honest bots and server share it. Attackers that need much of it have
// the lowest priority, as if they were elsewhere. Peers that vanish need root, for a network namespace.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCore } from '../../assets/js/net/core.js';
import { binary, startServer } from '../browser/server.mjs';

const { values: options, positionals: chosen } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    bots: { type: 'string', default: '100' },
  },
  allowPositionals: true,
});
const bots = join(dirname(binary), 'drumbeat-bots');
const folder = mkdtempSync(join(tmpdir(), 'drumbeat-attacks-'));
const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
  'Sec-WebSocket-Protocol: drumbeat.v1\r\n\r\n';
/** An empty masked ping. */
const PING = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
/** Misbehaving bots of each kind. */
const MISBEHAVING = 20;
/** A masked frame with the mask 0, of up to 125 bytes; `first` is its first byte. */
const frame = (first, payload = '') => Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);
/** The hello of a player, in a room of its own: in that of the bots its avatar would be one more. */
const HELLO = await (async () => {
  const core = (await loadCore(readFileSync(new URL('../../assets/core.wasm', import.meta.url))))();
  core.connect({ name: 'Eve', room: 'aside' });
  return frame(0x82, core.transmit(0));
})();
/** The begin of a TLS handshake of which 3,000 bytes are announced. */
const HANDSHAKE = Buffer.from([0x16, 3, 1, 0x0b, 0xb8, 1, 0, 0x0b, 0xb4]);
/** Peers that vanish, and how long they play before that. */
const VANISHING = 50;
const VANISH_AFTER_MS = 4_000;

/** What each of 50 sockets sends at first, and then every 20 ms; it connects again 200 ms after its end. */
const SOCKETS = {
  'connections that say nothing': {},
  'heads that are trickled': { first: 'GET / HTTP/1.1\r\nX: ', then: 'y' },
  'heads of 200 kB': { first: `GET / HTTP/1.1\r\nCookie: ${'x'.repeat(200_000)}` },
  'heads of 400 fields': { first: `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(400)}\r\n` },
  'refused handshakes': { first: 'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n' },
  'smuggled requests': {
    first: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n',
  },
  'pages that nobody reads': { first: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200), deaf: true },
  'pings before the hello': { first: UPGRADE, then: Buffer.concat(Array(50).fill(PING)) },
  'handshakes without a hello': { first: UPGRADE },
  'bodies that no route wants': { first: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n', then: 'b' },
  'messages of a player in endless fragments': {
    first: Buffer.concat([Buffer.from(UPGRADE), HELLO, frame(0x02, 'x')]),
    then: frame(0x00),
  },
  'closes that are not finished': {
    first: Buffer.concat([Buffer.from(UPGRADE), frame(0x88, [3, 0xe8])]),
    then: 'more',
  },
  'TLS handshakes that are trickled': { first: HANDSHAKE, then: '\0', at: 'tls' },
};
const VANISH = 'peers that vanish';
const KINDS = ['slow', 'flood', 'garbage', 'churn', 'silent', 'cheat'];

/** Keeps 50 sockets busy with an attack. Returns what ends it, and returns the answers by their count. */
function attack(port, { first = '', then, deaf }) {
  const answers = new Map();
  const count = (what) => answers.set(what, (answers.get(what) ?? 0) + 1);
  /** What says how those that are open were answered so far. */
  const open = new Map();
  let over = false;
  const begin = () => {
    if (over) return;
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const line = () => (answer.startsWith('\x15') ? 'alert' : answer.split('\r\n')[0].replace('HTTP/1.1 ', ''));
    open.set(socket, line);
    if (deaf) socket.pause();
    else socket.on('data', (bytes) => (answer += answer.length < 100 ? bytes.toString('latin1') : ''));
    socket.on('error', () => {});
    socket.write(first);
    const timer = setInterval(() => then && socket.writable && socket.write(then), 20);
    socket.on('close', () => {
      clearInterval(timer);
      open.delete(socket);
      count(line() || 'closed');
      setTimeout(begin, 200);
    });
  };
  for (let number = 0; number < 50; number += 1) begin();
  return () => {
    over = true;
    for (const [socket, line] of open) {
      count(`${line()} open`.trim());
      socket.destroy();
    }
    return answers;
  };
}

/** The report of a swarm. */
async function swarm(server, count, priority = '0', more = []) {
  const json = join(folder, `report-${priority}.json`);
  const url = server.url.replace('http', 'ws');
  const args = ['-n', priority, bots, '--url', url, '--bots', count, '--witnesses', count];
  if (url.startsWith('wss:')) args.push('--insecure');
  args.push('--admin', server.admin, '--room', 'main', '--seconds', options.seconds);
  args.push('--json', json, ...more);
  rmSync(json, { force: true });
  // It fails where a bot did, which the report says; without a report there is no figure.
  const said = await new Promise((resolve) => {
    execFile('nice', args, { maxBuffer: 1 << 24 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
  try {
    return JSON.parse(readFileSync(json, 'utf8'));
  } catch {
    throw new Error(`the bots have left no report: ${said}`);
  }
}

const listed = (answers) =>
  [...answers].map(([what, count]) => `${count} × ${what.replace(/\|/g, '/')}`).join(', ');

/** By how much an attack may change the spacing of the honest bots' frames. */
const CHANGE_MAX = 0.1;

/** A network namespace with one link to this machine's own: the address of the near end, and what cuts the link. */
function elsewhere() {
  const id = process.pid % 16_384;
  const name = `drumbeat-attack-${id}`;
  const [near, far] = [1, 2].map((end) => `10.232.${id >> 6}.${(id % 64) * 4 + end}`);
  const ip = (args) => execFileSync('ip', args.split(' '), { stdio: 'ignore' });
  const make = () => {
    ip(`netns add ${name}`);
    ip(`link add da${id} type veth peer name db${id} netns ${name}`);
    ip(`addr add ${near}/30 dev da${id}`);
    ip(`link set da${id} up`);
    ip(`-n ${name} addr add ${far}/30 dev db${id}`);
    ip(`-n ${name} link set db${id} up`);
  };
  return { name, near, make, cut: () => ip(`-n ${name} link set db${id} down`), drop: () => ip(`netns del ${name}`) };
}

/** Bots that play from elsewhere until their link is cut. Returns what ends it. */
function vanish(server, place) {
  const url = server.url.replace('http', 'ws');
  const args = ['netns', 'exec', place.name, 'nice', '-n', '19', bots, '--url', url, '--bots', `${VANISHING}`];
  args.push('--witnesses', '0', '--room', 'aside', '--seconds', '3600');
  const swarm = spawn('ip', args, { stdio: 'ignore' });
  const timer = setTimeout(place.cut, VANISH_AFTER_MS);
  return () => {
    clearTimeout(timer);
    swarm.kill('SIGKILL');
    return new Map([['vanished', VANISHING]]);
  };
}

/** One row: the swarm alone, then with the attack. Returns whether the honest bots were harmed. */
async function row(server, name, place) {
  const before = await swarm(server, options.bots);
  const sockets = SOCKETS[name] && (() => attack(server.port, SOCKETS[name]));
  const end = name === VANISH ? vanish(server, place) : sockets?.();
  const misbehave = ['--misbehave', name, '--misbehaving', `${MISBEHAVING}`];
  const [during, attackers] = await Promise.all([
    swarm(server, options.bots),
    end ? undefined : swarm(server, '1', '19', misbehave),
  ]);
  const answers = end ? end() : Object.entries(attackers.misbehaving[0].answers);
  const { p99: alone } = before.frame_spacing_ms;
  const { p99: attacked } = during.frame_spacing_ms;
  const failures = during.failures.length > 0 ? `; ${during.failures.join('; ')}` : '';
  const cells = [
    name,
    `${listed(answers)}${failures}`,
    `${alone.toFixed(1)} → ${attacked.toFixed(1)} ms`,
    `${Math.round((attacked / alone - 1) * 100) + 0} %`,
    `${before.server.missed_ticks} → ${during.server.missed_ticks}`,
    `${during.view_mismatches}`,
    loadavg()[0].toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  const missed = during.server.missed_ticks > before.server.missed_ticks;
  return missed || during.failures.length > 0 || attacked > alone * (1 + CHANGE_MAX);
}

/** A certificate that nobody knows, and its key. */
function identity() {
  const [cert, key] = ['cert.pem', 'key.pem'].map((file) => join(folder, file));
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return ['--tls-cert', cert, '--tls-key', key];
}

const harmful = [];
const place = elsewhere();
/** What each server is started with besides, and what must be there before. */
const SERVERS = {
  plain: () => [],
  tls: identity,
  far: () => {
    place.make();
    // Here the honest bots do not come from loopback, which has no limits.
    const limits = ['--connections-per-address-max', '300', '--rooms-per-address-max', '16'];
    return ['--listen', `${place.near}:0`, '--admin', '127.0.0.1:0', ...limits];
  },
};
const servers = {};
try {
  console.log('| attack | answered | spacing p99 | change | missed ticks | wrong views | load |');
  console.log('|---|---|---|---|---|---|---|');
  for (const name of [...Object.keys(SOCKETS), VANISH, ...KINDS]) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const at = name === VANISH ? 'far' : (SOCKETS[name]?.at ?? 'plain');
    servers[at] ??= await startServer('--capacity', '400', '--tick-hz', '30', '--afk-timeout-s', '0', ...SERVERS[at]());
    if (await row(servers[at], name, place)) harmful.push(name);
  }
  if (harmful.length > 0) {
    console.log(`harmed by: ${harmful.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  for (const server of Object.values(servers)) await server.stop();
  if (servers.far) place.drop();
  rmSync(folder, { recursive: true, force: true });
}
