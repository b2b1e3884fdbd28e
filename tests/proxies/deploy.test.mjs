// The files of deploy/ whose programs are not at hand here (systemd, Docker, Kubernetes), and what all of its
// files say of the server: they set what it has, with values that it takes, ask what it answers, and give it the
// time that it needs.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from '../browser/server.mjs';
import { eventually } from './eventually.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const deploy = join(root, 'deploy');
const top = mkdtempSync(join(tmpdir(), 'drumbeat-deploy-'));
after(() => rmSync(top, { recursive: true, force: true }));

const files = readdirSync(deploy, { recursive: true }).filter((name) => statSync(join(deploy, name)).isFile()).sort();
const read = (name) => readFileSync(join(deploy, name), 'utf8');
const [readme, service, manifest, dockerfile] = ['README.md', 'systemd/drumbeat.service', 'kubernetes/drumbeat.yaml', 'docker/Dockerfile'].map(read);

/** The one number that this finds in a text. */
function number(text, pattern) {
  const found = [...text.matchAll(pattern)].map(([, digits]) => Number(digits));
  assert.equal(new Set(found).size, 1, `${pattern}: ${found}`);
  return found[0];
}

/** Runs the server with these arguments and variables, and nothing else of this environment. */
const ask = (args, env = {}) => spawnSync(binary, args, { env, encoding: 'utf8' });

/** The settings in effect with these arguments and variables: value and source by name. */
function settings(args, env) {
  const { status, stdout, stderr } = ask([...args, '--print-config'], env);
  assert.equal(status, 0, `${args.join(' ')} ${JSON.stringify(env ?? {})}: ${stderr}`);
  const lines = [...stdout.matchAll(/^([\w-]+) = (.*?) {2}# (\w+)$/gm)];
  return new Map(lines.map(([, name, value, source]) => [name, { value, source }]));
}
const defaults = settings([]);
const seconds = (name) => Number(defaults.get(name).value);
/** How long a server drains if a setting says nothing, and ends after that, at most; `drumbeat --help` says so. */
const DRAIN_S = 5;
const END_S = 10;

/** The variables of the container in the manifest. */
const variables = Object.fromEntries([...manifest.matchAll(/- name: (DRUMBEAT_\w+)\n +value: (.*)\n/g)].map(([, name, value]) => [name, value.replace(/^"(.*)"$/, '$1')]));

// Flags of the programs that build, start and surround the server.
const FLAGS_OF_OTHERS = new Set([
  'bots', 'cap-drop', 'compress-debug-sections', 'decode', 'detach', 'directory', 'env', 'file', 'filename', 'from',
  'from-literal', 'fullchain-file', 'group', 'key-file', 'locked', 'mount', 'name', 'network', 'now', 'output',
  'owner', 'package', 'publish', 'read-only', 'release', 'rm', 'standalone', 'stop-timeout', 'system', 'tag', 'target',
  'unit', 'url', 'volume',
]);

test('what is set and named everywhere are settings', () => {
  const help = ask(['--help']).stdout;
  const flags = new Set([...help.matchAll(/^ +(?:-\w, )?--([a-z][\w-]*)/gm)].map(([, name]) => name));
  assert.ok(flags.has('listen') && flags.has('config'), help);
  const met = new Set();
  for (const name of files) {
    for (const [, flag] of read(name).matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)) {
      assert.ok(flags.has(flag) || FLAGS_OF_OTHERS.has(flag), `${name}: --${flag} is no setting`);
      met.add(flag);
    }
    for (const [variable, setting] of read(name).matchAll(/\bDRUMBEAT_([A-Z_]+)/g)) {
      assert.ok(flags.has(setting.toLowerCase().replaceAll('_', '-')), `${name}: ${variable} is no setting`);
    }
  }
  assert.deepEqual([...FLAGS_OF_OTHERS].filter((flag) => !met.has(flag)), [], 'these are nowhere: take them out of the list');
});

test('each command line of a server is one that it takes', () => {
  let count = 0;
  for (const name of files) {
    const text = read(name).replaceAll('\\\n', ' ');
    for (const [, line] of text.matchAll(/^(?:# +)?drumbeat +(--.*)$/gm)) {
      settings(line.trim().split(/ +/));
      count += 1;
    }
  }
  assert.ok(count >= 5, `${count}`);
});

test('the settings of the service are read, also those that are commented out', () => {
  const text = read('systemd/drumbeat.toml');
  const load = (changed) => {
    const path = join(top, 'drumbeat.toml');
    writeFileSync(path, changed);
    return settings(['--config', path]);
  };
  for (const name of ['listen', 'hosts', 'bans', 'audit-log']) assert.equal(load(text).get(name)?.source, 'file', name);
  const others = [...text.matchAll(/^# ([\w-]+) = .*$/gm)].map(([, name]) => name);
  assert.ok(others.includes('tls-cert'), others.join());
  const without = others.reduce((rest, name) => rest.replace(new RegExp(`^${name} = .*$`, 'm'), ''), text);
  const all = load(without.replace(/^# ([\w-]+ = .*)$/gm, '$1'));
  for (const name of others) assert.equal(all.get(name)?.source, 'file', name);
  // The folder that the service may write to.
  const state = /^StateDirectory=(.*)$/m.exec(service)[1].replace('%N', 'drumbeat');
  for (const name of ['bans', 'audit-log']) assert.ok(load(text).get(name).value.startsWith(`"/var/lib/${state}/`), name);
});

test('a server with the variables of Kubernetes answers its probes, and its admin those with a token', async () => {
  const taken = settings([], variables);
  for (const name of Object.keys(variables)) {
    assert.equal(taken.get(name.slice('DRUMBEAT_'.length).toLowerCase().replaceAll('_', '-'))?.source, 'environment', name);
  }
  const tokens = join(top, 'tokens');
  // As the command at the top of the manifest makes it.
  const token = 'ab'.repeat(32);
  assert.match(manifest, /^# +kubectl create secret generic drumbeat-admin --from-literal="tokens=admin \$\(openssl rand -hex 32\)"$/m);
  writeFileSync(tokens, `admin ${token}`);
  const env = { ...variables, DRUMBEAT_LISTEN: '127.0.0.1:0', DRUMBEAT_ADMIN: '127.0.0.1:0', DRUMBEAT_ADMIN_TOKEN_FILE: tokens };
  const server = spawn(binary, [], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  server.stderr.on('data', (part) => (said += part));
  /** The status of the answer to a request, for a pod by its address. */
  const status = (address, path, headers = {}) => new Promise((resolve, reject) => {
    const host = `10.244.0.7:${address.split(':')[1]}`;
    get(`http://${address}${path}`, { agent: false, headers: { ...headers, host } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
  try {
    const line = await eventually('a server', () => {
      assert.equal(server.exitCode, null, said);
      return said.split('\n').find((found) => found.includes('"listening"') && found.endsWith('}'));
    });
    const { address, admin } = JSON.parse(line);
    const probes = [...manifest.matchAll(/(\w+)Probe:\n +httpGet:\n +path: (\S+)\n +port: http\n/g)];
    assert.deepEqual(probes.map(([, kind]) => kind).sort(), ['liveness', 'readiness']);
    for (const [, , path] of probes) assert.equal(await status(address, path), 200, path);
    assert.equal(await status(address, '/'), 421, 'another host');
    // The listener is this machine's here, so it answers under the names of this machine alone.
    const own = { host: admin };
    const ask = (headers) => fetch(`http://${admin}/metrics`, { headers: { ...own, ...headers } }).then((answer) => answer.status);
    assert.equal(await ask({}), 401);
    assert.equal(await ask({ authorization: `Bearer ${token}` }), 200);
  } finally {
    kill();
    process.off('exit', kill);
  }
});

test('ports, names and versions are the same everywhere', () => {
  const port = (text) => Number(text.split(':').at(-1));
  const [players, admin] = [variables.DRUMBEAT_LISTEN, variables.DRUMBEAT_ADMIN].map(port);
  for (const kind of ['port', 'containerPort']) {
    assert.equal(number(manifest, new RegExp(`name: http\\n +${kind}: (\\d+)`, 'g')), players, kind);
    assert.equal(number(manifest, new RegExp(`name: admin\\n +${kind}: (\\d+)`, 'g')), admin, kind);
  }
  assert.equal(number(dockerfile, /^EXPOSE (\d+)$/gm), number(dockerfile, /^ENV DRUMBEAT_LISTEN=.*:(\d+)$/gm));
  const mount = /mountPath: (\S+)/.exec(manifest)[1];
  assert.equal(variables.DRUMBEAT_ADMIN_TOKEN_FILE, `${mount}/tokens`);
  const secret = /secretName: (\S+)/.exec(manifest)[1];
  for (const text of [manifest, readme]) assert.ok(text.includes(`create secret generic ${secret} --from-literal="tokens=`));
  const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  assert.equal(/image: drumbeat:(\S+)/.exec(manifest)[1], /^version = "(.*)"/m.exec(cargo)[1]);
  assert.equal(/^FROM rust:(\d+\.\d+)-/m.exec(dockerfile)[1], /^rust-version = "(\d+\.\d+)/m.exec(cargo)[1]);
});

test('whatever ends a server waits until it has drained and ended', () => {
  assert.match(ask(['--help']).stdout.replace(/\s+/g, ' '), /default: 5 after SIGTERM.*within ten more/);
  assert.ok(number(manifest, /terminationGracePeriodSeconds: (\d+)/g) > Number(variables.DRUMBEAT_DRAIN_S) + END_S);
  assert.ok(number(service, /^TimeoutStopSec=(\d+)s$/gm) > DRAIN_S + END_S);
  assert.ok(number(dockerfile + readme, /--stop-timeout (\d+)/g) > DRAIN_S + END_S);
});

test('proxies see the drain, and wait longer than the server does', () => {
  for (const name of ['haproxy/http.cfg', 'haproxy/tcp.cfg']) {
    const checks = /check inter (\d+)s fall (\d+) rise (\d+)/.exec(read(name));
    assert.ok(checks[1] * checks[2] < DRAIN_S, name);
    assert.ok(checks[1] * checks[3] < Number(variables.DRUMBEAT_COME_BACK_S), name);
    for (const [line, time] of read(name).matchAll(/timeout (?:tunnel|client|server) (\d+)s/g)) assert.ok(time > seconds('idle-timeout-s'), `${name}: ${line}`);
  }
  for (const name of ['nginx/http.conf', 'nginx/stream.conf']) {
    const times = [...read(name).matchAll(/proxy(?:_read|_send)?_timeout +(\d+)s/g)];
    assert.ok(times.length > 0, name);
    for (const [line, time] of times) assert.ok(time > seconds('idle-timeout-s'), `${name}: ${line}`);
  }
});

test('the README names each file, and reasons that there are', () => {
  const named = [...readme.matchAll(/^\| `([\w./]+)` \|/gm)].map(([, name]) => name);
  for (const name of files) assert.ok(name === 'README.md' || name.endsWith('ignore') || named.includes(name), `${name} is not in the README's table`);
  const paths = named.filter((name) => name.includes('/'));
  for (const name of paths) assert.ok(existsSync(join(deploy, name)), name);
  for (const [, path] of readme.matchAll(/`((?:tests|docs|deploy)\/[\w./-]+)[ `]/g)) assert.ok(existsSync(join(root, path)), path);
  const labels = readFileSync(join(root, 'server/src/telemetry/reasons.rs'), 'utf8');
  const reasons = named.filter((name) => !name.includes('/'));
  assert.ok(reasons.length > 10);
  for (const reason of reasons) assert.ok(labels.includes(`= "${reason}"`), reason);
});

test('systemd finds nothing wrong with the service', (t) => {
  const { stdout: version } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  if (!(Number(/^systemd (\d+)/.exec(version)?.[1]) >= 250)) return t.skip('no systemd-analyze of systemd 250 or newer is installed');
  const unit = join(top, 'drumbeat.service');
  // The program is elsewhere here. The additions are checked within the same file.
  const program = '/usr/local/bin/drumbeat';
  assert.ok(service.includes(`ExecStart=${program} `));
  for (const more of ['', read('systemd/tls.conf')]) {
    writeFileSync(unit, `${service.replace(program, resolve(binary))}\n${more}`);
    // What this machine's own units have wrong is not ours.
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', unit], { encoding: 'utf8' });
    const wrong = stderr.split('\n').filter((line) => line.includes('drumbeat'));
    assert.deepEqual({ status, wrong }, { status: 0, wrong: [] });
    // Up to 2 of 10, where 10 is no protection at all.
    const judged = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=20', '--no-pager', unit], { encoding: 'utf8' });
    assert.equal(judged.status, 0, judged.stdout + judged.stderr);
  }
});
