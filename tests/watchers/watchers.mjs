// What those cost who only watch: a room with bots, and its feed read by many in one way.
//
//   node tests/watchers/watchers.mjs [--watchers 5000] [--texts 100] [--seconds 20] [--bots 20] [TRANSPORT...]
//
// Prints a table in Markdown, a row for each transport: CPU of the server beyond that without watchers, for
// 1,000 of them; items that they get in a second; how long an item takes from the first that reads it
// to half of them and to 99 of 100; and the tick's 99th percentile. Server, bots and watchers share the
// machine: delays hold the time that the watchers take themselves, so compare them with each other. Each
// watcher takes a file here and one in the server (ulimit -n).
//
// A second table shows what clients cost that play in JSON text ('text players') or watch so ('text
// spectators') and are sent a state ten times a second: CPU and resident memory of the server for each of
// them, beyond those without; what each gets in a second; and the tick's 99th percentile.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { binary, startServer } from '../browser/server.mjs';
import { joinInText } from './text.mjs';

const { values, positionals } = parseArgs({
  options: {
    watchers: { type: 'string', default: '5000' },
    texts: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    bots: { type: 'string', default: '20' },
  },
  allowPositionals: true,
});
const [watchers, texts, seconds, players] = [values.watchers, values.texts, values.seconds, values.bots].map(Number);
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

/** Those who speak text, by what they join as. */
const TEXTS = { 'text players': false, 'text spectators': true };
/** Time between two of their states, seconds. */
const EVERY_S = 0.1;

/** When each item was first read, and how much later the others read it, milliseconds. */
let firsts = new Map();
let delays = [];
let items = 0;
/** States that came as text, and the bytes around them. */
let states = 0;
let bytes = 0;

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

/** Opens a watcher; resolves to its socket once it is answered, or connected if it asks later. */
function watch(port, { ask, polls, pause_ms }, at) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      // Those who poll do not do so all at once.
      setTimeout(() => socket.write(ask('now')), polls ? (at * 7) % (pause_ms || 1) : 0);
      if (pause_ms > 0) resolve(socket);
    });
    let next = 'now';
    socket.on('error', reject).on('data', (part) => {
      resolve(socket);
      const text = part.toString('latin1');
      note(text);
      if (!polls) return;
      next = /"next":"([^"]+)"/.exec(text)?.[1] ?? next;
      // Answers are small: each comes in one piece, of which the head is the first.
      if (text.startsWith('HTTP/1.1 ')) setTimeout(() => socket.destroyed || socket.write(ask(next)), pause_ms);
    });
  });
}

/** Opens a text client. */
const speak = (port, spectate, at) => joinInText(port, { room: ROOM, every: EVERY_S, spectate, name: `Text${at}` }, (more, read) => {
  states += more;
  bytes += read;
});

/** CPU that the server has used, seconds. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_HZ;
}

/** CPU that the thread of the room has used, microseconds. */
function roomCpu(pid) {
  const named = readdirSync(`/proc/${pid}/task`).find((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'latin1') === `room ${ROOM}\n`);
  return Number(readFileSync(`/proc/${pid}/task/${named}/schedstat`, 'latin1').split(' ')[0]) / 1e3;
}

/** Resident memory of the server, KB. */
const memory = (pid) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);

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

/** The server's arguments: it has a place for everybody. */
const PLACES = [
  ['--capacity', Math.max(players + texts, 200)],
  ['--spectators-max', texts],
  ['--watchers-max', watchers + 1],
  ['--text-connections-max', texts],
  // Those who poll now and then are connections like any other.
  ['--connections-max', players + texts + watchers + 300],
].flat().map(String);

/** Measures so many clients of one kind, which `open` opens, or none. */
async function measure(count = 0, open = undefined) {
  const server = await startServer('--tick-hz', '30', ...PLACES);
  const bots = spawn(join(dirname(binary), 'drumbeat-bots'), ['--url', `ws://127.0.0.1:${server.port}/ws`, '--room', ROOM, '--bots', values.bots, '--seconds', String(seconds + 60)], { stdio: 'ignore' });
  try {
    const rooms = async () => (await (await fetch(`${server.url}/api/rooms`)).json()).find((room) => room.name === ROOM);
    while (((await rooms())?.players ?? 0) < players) await sleep(100);
    const sockets = [];
    for (let at = 0; at < count; at += 200) {
      const part = Array.from({ length: Math.min(200, count - at) }, (_, more) => open(server.port, at + more));
      sockets.push(...(await Promise.all(part)));
    }
    await sleep(3_000);
    [firsts, delays, items, states, bytes] = [new Map(), [], 0, 0, 0];
    const [cpuBefore, roomBefore] = [cpu(server.pid), roomCpu(server.pid)];
    const [ticksBefore, started] = [await ticks(server.admin), performance.now()];
    await sleep(seconds * 1e3);
    const took = (performance.now() - started) / 1e3;
    const [used, room, ticksAfter] = [cpu(server.pid) - cpuBefore, roomCpu(server.pid) - roomBefore, await ticks(server.admin)];
    const result = {
      used: (used / took) * 100,
      room: (room / (ticksAfter.at(-1)[1] - ticksBefore.at(-1)[1])).toFixed(0),
      memory: memory(server.pid),
      tick: p99(ticksBefore, ticksAfter).toFixed(2),
      items: items / took,
      delays: delays.sort((a, b) => a - b),
      states: states / took / count,
      bytes: bytes / took / count,
    };
    const ended = sockets.filter((socket) => socket.destroyed).length;
    if (ended > 0) throw new Error(`the server ended ${ended} of ${count} connections`);
    for (const socket of sockets) socket.destroy();
    return result;
  } finally {
    bots.kill('SIGINT');
    await server.stop();
  }
}

const row = (...cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const known = { ...TRANSPORTS, ...TEXTS };
const chosen = positionals.length > 0 ? positionals : Object.keys(known);
const unknown = chosen.find((name) => !(name in known));
if (unknown !== undefined) throw new Error(`there is no transport ${unknown}; choose from: ${Object.keys(known).join(', ')}`);
const alone = await measure();

const feeds = chosen.filter((name) => name in TRANSPORTS);
if (feeds.length > 0) {
  row(`${watchers} watchers by`, 'CPU per 1,000, % of a core', 'items/s', 'delay p50, ms', 'p99, ms', 'CPU of the room in a tick, µs', 'tick p99, ms');
  process.stdout.write('|---|---:|---:|---:|---:|---:|---:|\n');
  row('nobody watches', `${alone.used.toFixed(1)} in all`, '', '', '', alone.room, alone.tick);
}
for (const name of feeds) {
  const { used, room, tick, items, delays } = await measure(watchers, (port, at) => watch(port, TRANSPORTS[name], at));
  const cost = ((used - alone.used) * 1_000) / watchers;
  row(name, cost.toFixed(1), items.toFixed(0), share(delays, 0.5), share(delays, 0.99), room, tick);
}

const inText = chosen.filter((name) => name in TEXTS);
if (inText.length > 0) {
  if (feeds.length > 0) process.stdout.write('\n');
  row(`${texts} clients, a state each ${EVERY_S} s`, 'CPU of each, % of a core', 'memory of each, KB', 'states/s', 'KB/s', 'tick p99, ms');
  process.stdout.write('|---|---:|---:|---:|---:|---:|\n');
  row('nobody speaks text', `${alone.used.toFixed(1)} in all`, `${alone.memory} in all`, '', '', alone.tick);
}
for (const name of inText) {
  const { used, memory, tick, states, bytes } = await measure(texts, (port, at) => speak(port, TEXTS[name], at));
  const [cost, more] = [(used - alone.used) / texts, (memory - alone.memory) / texts];
  row(name, cost.toFixed(2), more.toFixed(0), states.toFixed(1), (bytes / 1e3).toFixed(1), tick);
}
