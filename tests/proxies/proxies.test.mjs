// The configurations of deploy/, with the real programs: players go through each proxy to two servers
// behind it, and the servers know where they come from.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary, startServer } from '../browser/server.mjs';
import { LIMIT_MS, eventually } from './eventually.mjs';

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const top = mkdtempSync(join(tmpdir(), 'drumbeat-proxies-'));
const bots = join(dirname(binary), 'drumbeat-bots');

// Addresses of this machine that nobody else uses, so that the ports of the configurations are free:
// where the proxy listens, from where it connects, and from where a visitor comes.
const ours = `127.${100 + (process.pid % 100)}.${(process.pid >> 8) % 250}`;
const proxyHost = `${ours}.1`;
const proxyFrom = `${ours}.2`;
const visitorFrom = `${ours}.3`;
const TLS_PORT = 8443;
const PLAIN_PORT = 8080;

const certificate = join(top, 'certificate.pem');
const key = join(top, 'key.pem');
const both = join(top, 'both.pem');

/** Replaces a text that must be there, everywhere. */
function changed(text, changes) {
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${from} in ${text}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** What nginx needs around one of the files, of which `mistakes` are changed. */
function nginx(file, servers, isHttp, mistakes = []) {
  const text = changed(readFileSync(`${deploy}nginx/${file}`, 'utf8'), [
    ['    listen 443 ssl;\n', `listen ${proxyHost}:${TLS_PORT} ssl;\n`],
    ['    listen [::]:443 ssl;\n', ''],
    ['/etc/letsencrypt/live/play.example.org/fullchain.pem', certificate],
    ['/etc/letsencrypt/live/play.example.org/privkey.pem', key],
    ['127.0.0.1:7777;', `127.0.0.1:${servers[0].port};`],
    ['127.0.0.1:7778;', `127.0.0.1:${servers[1].port};`],
    // A door without TLS for bots, which speak none, and the address that the servers trust.
    isHttp
      ? ['    proxy_http_version 1.1;\n', `listen ${proxyHost}:${PLAIN_PORT};\nproxy_bind ${proxyFrom};\nproxy_http_version 1.1;\n`]
      : ['        proxy_protocol on;\n', `proxy_protocol on;\nproxy_bind ${proxyFrom};\n`],
  ]);
  const plain = isHttp
    ? changed(text, [
        ['    listen 80;\n    listen [::]:80;\n', `listen ${proxyHost}:8081;\n`],
        ['server_name play.example.org;', 'server_name _;'],
      ])
    : text.replace(/}\s*$/, `
        server {
          listen ${proxyHost}:${PLAIN_PORT};
          proxy_pass drumbeat;
          proxy_protocol on;
          proxy_bind ${proxyFrom};
        }
      }`);
  const modules = '/usr/lib/nginx/modules/ngx_stream_module.so';
  const path = join(top, file);
  writeFileSync(path, changed(`
    ${isHttp ? '' : `load_module ${modules};`}
    daemon off;
    pid ${top}/nginx.pid;
    error_log stderr notice;
    events {}
    ${isHttp ? `http { access_log off; client_body_temp_path ${top}/body; proxy_temp_path ${top}/proxy; fastcgi_temp_path ${top}/f; uwsgi_temp_path ${top}/u; scgi_temp_path ${top}/s;\n${plain}\n}` : plain}
  `, mistakes));
  return ['nginx', ['-e', 'stderr', '-p', top, '-c', path]];
}

/** HAProxy with one of the files, of which `mistakes` are changed. */
function haproxy(file, servers, mistakes = []) {
  const text = changed(readFileSync(`${deploy}haproxy/${file}`, 'utf8'), [
    // As many as the tests' machine lets it open.
    ['maxconn 20000', 'maxconn 500'],
    ['    bind :443 ssl', `    bind ${proxyHost}:${PLAIN_PORT}\n    bind ${proxyHost}:${TLS_PORT} ssl`],
    ['/etc/haproxy/certs/play.example.org.pem', both],
    ['127.0.0.1:7777', `127.0.0.1:${servers[0].port} source ${proxyFrom}`],
    ['127.0.0.1:7778', `127.0.0.1:${servers[1].port} source ${proxyFrom}`],
  ]);
  const http = file !== 'http.cfg' ? text : changed(text, [
    ['    bind :80\n', `    bind ${proxyHost}:8081\n`],
    ['unless { ssl_fc }', `if { dst_port 8081 }`],
  ]);
  const path = join(top, file);
  writeFileSync(path, changed(http, mistakes));
  return ['haproxy', ['-db', '-f', path]];
}

/** Starts a program that runs until it is stopped. */
function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  const running = { said: '', over: false };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (running.said += part));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', (how) => resolve((running.over = true) && how)));
  child.once('error', (error) => (running.said += error));
  running.stop = async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
  };
  return running;
}

/** The answer to a GET by TLS; the certificate is our own. */
function ask(path, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { host: proxyHost, port: TLS_PORT, path, headers: { host: `play.example.org:${TLS_PORT}`, ...headers }, rejectUnauthorized: false, agent: false, timeout: LIMIT_MS };
    get(options, (answer) => {
      let body = '';
      answer.on('data', (part) => (body += part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    }).on('error', reject);
  });
}

/** Watches by TLS; `said` grows. */
function watch(path, headers) {
  return new Promise((resolve, reject) => {
    const options = { host: proxyHost, port: TLS_PORT, path, headers: { host: `play.example.org:${TLS_PORT}`, ...headers }, rejectUnauthorized: false, agent: false };
    const request = get(options, (answer) => {
      const read = { said: '', headers: answer.headers, end: () => request.destroy() };
      answer.on('data', (part) => (read.said += part)).on('error', () => undefined);
      resolve(read);
    }).on('error', reject);
  });
}

/** Asks to play from an address of its own, in a way that is refused, with these headers; the answer. */
function refused(path, headers = '') {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: proxyHost, port: PLAIN_PORT, localAddress: visitorFrom });
    let answer = '';
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('no answer')));
    socket.on('data', (part) => (answer += part));
    socket.on('end', () => resolve(answer)).on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: play.example.org:${PLAIN_PORT}\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`);
    // HAProxy keeps a connection open for the next request.
    socket.on('data', () => answer.includes('\r\n\r\n') && answer.includes('drumbeat.v1') && socket.end());
  });
}

/** Lets bots play through the proxy; they check all that they see. */
function play(room, path) {
  const args = ['--url', `ws://${proxyHost}:${PLAIN_PORT}${path}`, '--room', room, '--bots', '4', '--seconds', '3', '--ramp-per-s', '50'];
  return new Promise((resolve) => {
    const child = spawn(bots, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
    child.once('error', (error) => resolve({ code: String(error), said }));
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** The rooms in which somebody has joined, by server. */
const roomsOf = (server) => new Set([...server.output().matchAll(/room\{room="?([\w-]+)"?\}.* joined /g)].map(([, room]) => room));

before(() => {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=play.example.org', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
});
after(() => rmSync(top, { recursive: true, force: true }));

const cases = [
  { name: 'nginx passes on HTTP', command: (servers) => nginx('http.conf', servers, true), isHttp: true },
  { name: 'nginx relays TCP', command: (servers) => nginx('stream.conf', servers, false), isHttp: false },
  { name: 'HAProxy passes on HTTP', command: (servers) => haproxy('http.cfg', servers), isHttp: true, hasCookie: true },
  { name: 'HAProxy relays TCP', command: (servers) => haproxy('tcp.cfg', servers), isHttp: false },
];

for (const { name, command, isHttp, hasCookie } of cases) {
  describe(name, { timeout: 10 * LIMIT_MS }, () => {
    let servers = [];
    let proxy;
    const said = () => `${proxy?.said}\n${servers.map((server) => server.output()).join('\n')}`;

    before(async () => {
      const flags = ['--trusted-proxies', proxyFrom, '--hosts', `play.example.org,${proxyHost}`, ...(isHttp ? [] : ['--proxy-protocol'])];
      servers = [await startServer(...flags), await startServer(...flags)];
      proxy = start(...command(servers));
      await eventually('the proxy is ready', async () => {
        if (proxy.over) throw new Error(proxy.said);
        return ask('/').then((answer) => answer.status === 200, () => false);
      });
    });
    after(async () => {
      await proxy?.stop();
      for (const server of servers) await server.stop();
    });

    test('the page comes by TLS, with its headers', async () => {
      const page = await ask('/');
      assert.equal(page.status, 200);
      assert.match(page.headers['content-security-policy'], /frame-ancestors 'self'/);
      assert.match(page.body, /<html/i);
      const core = await ask('/core.wasm', { 'accept-encoding': 'br' });
      assert.equal(core.headers['content-type'], 'application/wasm');
      if (isHttp) {
        // A crawler's view of the page.
        assert.ok(page.body.includes(`property="og:image" content="https://play.example.org:${TLS_PORT}/icons/preview.jpg"`));
        const pretends = await ask('/', { 'x-forwarded-proto': 'http' });
        assert.ok(pretends.body.includes('content="https://'), 'a client does not say how the page is reached');
        for (const path of ['/metrics', '/api/rooms', '/healthz']) assert.equal((await ask(path)).status, 403, path);
      }
    });

    test('another host is refused with the cure', async () => {
      const answer = await ask('/', { host: 'evil.example' });
      assert.equal(answer.status, 421);
      assert.match(answer.body, /--hosts/);
    });

    test('a visitor is known by its own address, whatever it says', async () => {
      const answer = await refused('/ws', 'X-Forwarded-For: 192.0.2.99\r\nForwarded: for=192.0.2.98\r\n');
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*only the subprotocols drumbeat\.v1/);
      const line = await eventually('a line of the log', () => /^.*a visitor was refused reason="subprotocol".*$/m.exec(said()));
      assert.match(line[0], isHttp ? new RegExp(` address=${visitorFrom} `) : new RegExp(` address=${visitorFrom}:\\d+ `), line[0]);
      assert.doesNotMatch(said(), /address="?192\.0\.2/);
      assert.doesNotMatch(said(), new RegExp(`address="?${proxyFrom}`), 'nobody is the proxy');
    });

    test('friends play, and are known by their own addresses', async () => {
      const rooms = ['red', 'green', 'blue', 'gold'];
      const played = await Promise.all(rooms.map((room) => play(room, isHttp ? `/ws/${room}` : '/ws')));
      for (const { code, said: report } of played) assert.equal(code, 0, `${report}\n${said()}`);
      const joined = [...said().matchAll(/^.* joined .*$/gm)].map(([line]) => line);
      assert.equal(joined.length, 4 * rooms.length, said());
      for (const line of joined) assert.match(line, isHttp ? / address=127\.0\.0\.1 / : / address=127\.0\.0\.1:\d+ /, line);
      const [one, other] = servers.map(roomsOf);
      assert.deepEqual([...one, ...other].sort(), [...rooms].sort(), 'each room is on one server');
    });

    test('what they have done is read in the feed, bit by bit', async () => {
      const path = '/api/rooms/red/feed';
      const { status, body } = await ask(`${path}?since=0`);
      assert.equal(status, 200, body);
      assert.equal(JSON.parse(body).items.filter(({ kind }) => kind === 'join').length, 4, body);
      const read = await watch(path, { accept: 'text/event-stream' });
      // A proxy that collects what is sent would wait for more than this.
      await eventually('the items', () => (read.said.match(/"kind":"leave"/g) ?? []).length === 4);
      assert.equal(read.headers['content-type'], 'text/event-stream');
      read.end();
    });

    if (hasCookie) {
      test('a browser comes back to its server', async () => {
        const first = await ask('/');
        const [cookie] = first.headers['set-cookie'];
        assert.match(cookie, /^drumbeat=[ab]; .*HttpOnly; Secure; SameSite=Lax/);
        const mine = cookie.split(';')[0];
        // Both servers are asked if there is no cookie, one alone if there is.
        const names = new Set();
        for (let at = 0; at < 8; at += 1) names.add((await ask('/')).headers['set-cookie'][0].split(';')[0]);
        assert.equal(names.size, 2);
        for (let at = 0; at < 8; at += 1) {
          const again = await ask('/', { cookie: mine });
          assert.equal(again.status, 200);
          assert.equal(again.headers['set-cookie'], undefined, 'it is on the server of its cookie');
        }
      });
    }
  });
}

describe('servers of two versions', { timeout: 4 * LIMIT_MS }, () => {
  for (const { name, command } of cases.filter(({ isHttp }) => isHttp)) {
    test(`${name}: each part of a page comes from a server that has it`, async () => {
      const servers = [];
      let proxy;
      try {
        for (const version of ['old', 'new']) {
          const folder = join(top, version);
          mkdirSync(folder, { recursive: true });
          writeFileSync(join(folder, 'index.html'), `<html>${version}`);
          writeFileSync(join(folder, 'page.js'), version);
          servers.push(await startServer('--trusted-proxies', proxyFrom, '--hosts', `play.example.org,${proxyHost},127.0.0.1`, '--page', folder));
        }
        const tags = await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/page.js`)).headers.get('etag').slice(3, 19)));
        proxy = start(...command(servers));
        const index = await eventually('the proxy is ready', async () => {
          if (proxy.over) throw new Error(proxy.said);
          const answer = await ask('/').catch(() => undefined);
          return answer?.status === 200 && answer;
        });
        const cookie = index.headers['set-cookie']?.[0].split(';')[0] ?? '';
        for (const [at, version] of ['old', 'new'].entries()) {
          const part = await ask(`/page.js?content=${tags[at]}`, { cookie });
          assert.deepEqual([part.status, part.body], [200, version]);
          assert.match(part.headers['cache-control'], /immutable/);
        }
        assert.equal((await ask('/page.js?content=0123456789abcdef', { cookie })).status, 404, 'nobody has it');
      } finally {
        await proxy?.stop();
        await Promise.all(servers.map((server) => server.stop()));
      }
    });
  }
});

describe('mistakes', { timeout: 10 * LIMIT_MS }, () => {
  const trust = ['--trusted-proxies', proxyFrom];
  const http = (mistake) => (servers) => nginx('http.conf', servers, true, [mistake]);
  const origin = `Origin: http://play.example.org:${PLAIN_PORT}\r\n`;
  const mistakes = [
    { name: 'nginx keeps Upgrade', command: http(['proxy_set_header Upgrade    $http_upgrade;', '']), flags: trust, reason: 'no_upgrade', cure: /proxy_set_header Upgrade \$http_upgrade/ },
    { name: 'nginx speaks HTTP/1.0', command: http(['proxy_http_version 1.1;', 'proxy_http_version 1.0;']), flags: trust, reason: 'http_version', cure: /proxy_http_version 1\.1/ },
    { name: 'nginx drops the port of the host', command: http(['$http_host', '$host']), flags: trust, headers: origin, reason: 'portless_host', cure: /Host \$http_host, not \$host/ },
    { name: 'nginx names another host', command: http(['$http_host', 'drumbeat']), flags: [...trust, '--hosts', 'play.example.org'], reason: 'other_host', cure: /Host \$http_host/ },
    { name: "nginx passes on a client's Forwarded", command: http(['proxy_set_header Forwarded  "";', '']), flags: trust, headers: 'Forwarded: for=192.0.2.1\r\n', reason: 'bad_forwarded', cure: /proxy_set_header Forwarded ""/ },
    { name: 'the PROXY protocol is not expected', command: (servers) => haproxy('tcp.cfg', servers), flags: [], reason: 'proxy_protocol', cure: /--proxy-protocol/ },
    { name: 'the PROXY protocol is missing', command: (servers) => haproxy('tcp.cfg', servers, [['option httpchk GET /readyz', ''], ['    default-server check inter 1s fall 2 rise 2\n', ''], [' send-proxy-v2', '']]), flags: [...trust, '--proxy-protocol'], reason: 'proxy_header_missing', cure: /send-proxy-v2/ },
  ];
  for (const { name, command, flags, headers, reason, cure } of mistakes) {
    test(name, async () => {
      const server = await startServer(...flags);
      let proxy;
      try {
        proxy = start(...command([server, server]));
        const answer = await eventually('an answer of the server', async () => {
          if (proxy.over) throw new Error(proxy.said);
          const answer = await refused('/ws', headers).catch(() => '');
          return cure.test(answer) && answer;
        });
        assert.match(answer, /^HTTP\/1\.1 4\d\d /);
        const line = new RegExp(`INFO .*a visitor was refused reason="${reason}" `);
        await eventually('a line of the log', () => line.test(server.output()));
      } finally {
        await proxy?.stop();
        await server.stop();
      }
    });
  }
});
