// What those cost who only watch: a room with bots, and its feed read by many in one way.
//
//   node tests/watchers/watchers.mjs [--watchers 5000] [--seconds 20] [--bots 20] [TRANSPORT...]
//
// Prints a table in Markdown, a row for each transport: CPU of the server beyond that without watchers, for
// 1,000 of them; items that they get in a second; how long an item takes from the first that reads it
// to half of them and to 99 of 100; and the tick's 99th percentile. Server, bots and watchers share the
// machine: delays hold the time that the watchers take themselves, so compare them with each other. Each
// watcher takes a file here and one in the server (ulimit -n).

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { binary, startServer } from '../browser/server.mjs';

const { values, positionals } = parseArgs({
  options: { watchers: { type: 'string', default: '5000' }, seconds: { type: 'string', default: '20' }, bots: { type: 'string', default: '20' } },
  allowPositionals: true,
});
const [watchers, seconds] = [Number(values.watchers), Number(values.seconds)];
const ROOM = 'watched';
/** How often those ask who do not wait, milliseconds. */
const POLL_MS = 2_000;
/** Clock ticks in a second, in /proc. */
const CLOCK_HZ = Number(execFileSync('getconf', ['CLK_TCK']));

const path = (query) => `GET /api/rooms/${ROOM}/feed${query} HTTP/1.1\r\nHost: x\r\n`;
/** The first request of each transport, and how the next is made from an answer (its `next`, if any). */
const TRANSPORTS = {
  'server-sent events': { ask: () => `${path('?since=now')}Accept: text/event-stream\r\n\r\n` },
  'lines of JSON': { ask: () => `${path('?stream&since=now')}\r\n` },
  'long polls': { ask: (next) => `${path(`?since=${next}&wait=25`)}\r\n`, polls: true, pause_ms: 0 },
  'short polls': { ask: (next) => `${path(`?since=${next}`)}\r\n`, polls: true, pause_ms: POLL_MS },
};

/** When each item was first read, and how much later the others read it, milliseconds. */
let firsts = new Map();
let delays = [];
let items = 0;

/** Notes the items in a text. */
function note(text) {
  for (const [, number] of text.matchAll(/"n":(\d+),"tick"/g)) {
    const now = performance.now();
    items += 1;
    const first = firsts.get(number);
    if (first === undefined) firsts.set(number, now);
    else delays.push(now - first);
  }
}

/** Opens a watcher; resolves to its socket once it is connected. */
function watch(port, { ask, polls, pause_ms }, at) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      // Those who poll do not do so all at once.
      setTimeout(() => socket.write(ask('now')), polls ? (at * 7) % (pause_ms || 1) : 0);
      resolve(socket);
    });
    let next = 'now';
    socket.on('error', reject).on('data', (part) => {
      const text = part.toString('latin1');
      note(text);
      if (!polls) return;
      next = /"next":"([^"]+)"/.exec(text)?.[1] ?? next;
      // Answers are small: each comes in one piece, of which the head is the first.
      if (text.startsWith('HTTP/1.1 ')) setTimeout(() => socket.destroyed || socket.write(ask(next)), pause_ms);
    });
  });
}

/** CPU that the server has used, seconds. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_HZ;
}

/** Ticks and the bounds of their times, of all ticks until now. */
async function ticks(admin) {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const found = [...text.matchAll(/^drumbeat_tick_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)];
  return found.map(([, le, count]) => [le === '+Inf' ? Infinity : Number(le), Number(count)]);
}

/** The 99th percentile of the ticks between two looks, milliseconds. */
function p99(before, after) {
  const counts = after.map(([le, count], at) => [le, count - before[at][1]]);
  const all = counts.at(-1)[1];
  return counts.find(([, count]) => count >= 0.99 * all)[0] * 1e3;
}

const share = (sorted, part) => (sorted.length > 0 ? sorted[Math.floor((sorted.length - 1) * part)].toFixed(0) : '-');

/** Measures one transport, or none. */
async function measure(name) {
  const server = await startServer('--tick-hz', '30', '--capacity', '200', '--watchers-max', String(watchers + 1), '--connections-max', '500');
  const bots = spawn(join(dirname(binary), 'drumbeat-bots'), ['--url', `ws://127.0.0.1:${server.port}/ws`, '--room', ROOM, '--bots', values.bots, '--seconds', String(seconds + 60)], { stdio: 'ignore' });
  try {
    const rooms = async () => (await (await fetch(`${server.url}/api/rooms`)).json()).find((room) => room.name === ROOM);
    while (((await rooms())?.players ?? 0) < Number(values.bots)) await sleep(100);
    const sockets = [];
    for (let at = 0; name && at < watchers; at += 200) {
      const part = Array.from({ length: Math.min(200, watchers - at) }, (_, more) => watch(server.port, TRANSPORTS[name], at + more));
      sockets.push(...(await Promise.all(part)));
    }
    await sleep(3_000);
    [firsts, delays, items] = [new Map(), [], 0];
    const [cpuBefore, ticksBefore, started] = [cpu(server.pid), await ticks(server.admin), performance.now()];
    await sleep(seconds * 1e3);
    const took = (performance.now() - started) / 1e3;
    const used = (cpu(server.pid) - cpuBefore) / took;
    const result = { used, tick: p99(ticksBefore, await ticks(server.admin)), items: items / took, delays: delays.sort((a, b) => a - b) };
    for (const socket of sockets) socket.destroy();
    return result;
  } finally {
    bots.kill('SIGINT');
    await server.stop();
  }
}

const chosen = positionals.length > 0 ? positionals : Object.keys(TRANSPORTS);
const alone = await measure();
process.stdout.write(`| ${watchers} watchers by | CPU per 1,000, % of a core | items/s | delay p50, ms | p99, ms | tick p99, ms |\n|---|---:|---:|---:|---:|---:|\n`);
process.stdout.write(`| nobody watches | ${(alone.used * 100).toFixed(1)} in all | | | | ${alone.tick.toFixed(2)} |\n`);
for (const name of chosen) {
  const { used, tick, items, delays } = await measure(name);
  const cost = ((used - alone.used) * 100 * 1_000) / watchers;
  process.stdout.write(`| ${name} | ${cost.toFixed(1)} | ${items.toFixed(0)} | ${share(delays, 0.5)} | ${share(delays, 0.99)} | ${tick.toFixed(2)} |\n`);
}
