// The server under test: starts the binary, reads where it listens, stops it with a signal.

import { spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const binary = process.env.DRUMBEAT_BIN ?? `${root}target/debug/drumbeat`;
const LIMIT_MS = 30_000;

/** The path of one of these tests' maps. */
export const map = (name) => fileURLToPath(new URL(`maps/${name}.toml`, import.meta.url));
/** Steps of the server's grid per world unit. */
const GRID = 16;

/**
 * Starts a server with these further arguments, on a port that the system chooses and on this machine,
 * unless they name an address; resolves once it has printed where it listens.
 */
export async function startServer(...more) {
  // The server would read variables meant for the tests, such as DRUMBEAT_BIN, as settings.
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('DRUMBEAT_'));
  const listen = more.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn(binary, [...listen, '--seed', '7', ...more], {
    env: Object.fromEntries(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  let output = '';
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
    child.once('error', (error) => {
      output += `${error}\n`;
      resolve('not started');
    });
  });
  ended.then(() => process.off('exit', kill));

  const [url, admin] = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${binary} ${why}; it said:\n${output}`));
    const timer = setTimeout(() => fail('did not say where it listens'), LIMIT_MS);
    ended.then((how) => fail(`ended (${how})`));
    const read = (chunk) => {
      output += chunk;
      // Where players go, and those who run it.
      const found = output.match(/(?<=(play|api|admin) +)https?:\/\/[\d.]+:\d+(?=\s)/g);
      if (found?.length === 2) {
        clearTimeout(timer);
        resolve(found);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk) => (output += chunk));
  });

  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    /** Its admin listener. */
    admin,
    /** What the server has printed so far. */
    output: () => output,
    /** Asks the server to stop and resolves to its exit code. */
    async stop() {
      // After SIGTERM it would drain for a while.
      child.kill('SIGINT');
      const timer = setTimeout(kill, LIMIT_MS);
      const how = await ended;
      clearTimeout(timer);
      return how;
    },
    /** Makes the server stand still, and go on. */
    pause: () => child.kill('SIGSTOP'),
    go: () => child.kill('SIGCONT'),
    /** The server's own view of a player, by name: `{id, name, x, y, room}` in world units. */
    async player(name) {
      for (const room of await json(`${admin}/api/rooms`)) {
        // The room may have closed meanwhile.
        const detail = await json(`${admin}/api/rooms/${room.name}`, [404]);
        const found = detail?.roster.find((player) => player.name === name);
        if (found) return { ...found, x: found.x / GRID, y: found.y / GRID, room: room.name };
      }
      return undefined;
    },
    /** A room as `/api/rooms` lists it; undefined while there is none of that name. */
    async room(name) {
      return (await json(`${admin}/api/rooms`)).find((room) => room.name === name);
    },
  };
}

/**
 * Starts three bots that play there until they are asked to stop, with these further arguments; resolves
 * once they have printed where their page is.
 */
export async function startSwarm(server, ...more) {
  const flags = ['--bots', '3', '--seconds', '3600', '--url', server.url.replace('http:', 'ws:'), '--admin', server.admin, '--page', '127.0.0.1:0'];
  const child = spawn(join(dirname(binary), 'drumbeat-bots'), [...flags, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  ended.then(() => process.off('exit', kill));
  const url = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the swarm ${why}; it said:\n${output}`));
    const timer = setTimeout(() => fail('did not say where its page is'), LIMIT_MS);
    ended.then((how) => fail(`ended (${how})`));
    child.once('error', fail);
    child.stderr.on('data', (chunk) => {
      output += chunk;
      const found = output.match(/^progress: (http:\S+)\/$/m);
      if (found) {
        clearTimeout(timer);
        resolve(found[1]);
      }
    });
  });
  return {
    url,
    /** Ends what it measures; resolves to its exit code once its report is made. */
    stop() {
      child.kill('SIGINT');
      return ended;
    },
    kill,
  };
}

/**
 * Opens an address that leads to one server now and can lead to another later. A new server could
 * not reuse the port: the system may give that of an ended server to any other program.
 */
export async function openRelay(server) {
  let port = server.port;
  const open = new Set();
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [[near, far], [far, near]]) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from) && to.destroy());
    }
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${relay.address().port}`,
    /** Makes new connections lead to this server. */
    lead: (other) => (port = other.port),
    /** Ends all connections. */
    cut() {
      for (const socket of open) socket.destroy();
    },
    async close() {
      this.cut();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}

/** The JSON at an address; undefined if the status is among `refusals`. */
async function json(url, refusals = []) {
  const response = await fetch(url);
  if (refusals.includes(response.status)) return undefined;
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
