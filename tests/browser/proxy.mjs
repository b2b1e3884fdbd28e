// The page behind a reverse proxy: under its own path, and with a Host header other than the one
// that the browser sent.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, describe, test } from 'node:test';
import { DESKTOP } from './player.mjs';
import { stage } from './stage.mjs';

const proxies = [];

/**
 * Starts a proxy in front of the server under test, and resolves to its address.
 * @param {(path: string) => string | undefined} pathOf the server's path for a request's path
 * @param {(headers: object) => object} headersOf the headers to forward for those of a request
 */
async function startProxy(pathOf, headersOf) {
  const { port } = stage.server;
  const proxy = http.createServer((request, response) => {
    const path = pathOf(request.url);
    if (path === undefined) return response.writeHead(404).end();
    const asked = http.request({ host: '127.0.0.1', port, path, method: request.method, headers: headersOf(request.headers) });
    asked.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  });
  proxy.on('upgrade', (request, socket, head) => {
    const path = pathOf(request.url);
    if (path === undefined) return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    const headers = Object.entries(headersOf(request.headers)).map(([name, value]) => `${name}: ${value}\r\n`);
    const server = net.connect(port, '127.0.0.1');
    server.write(`${request.method} ${path} HTTP/1.1\r\n${headers.join('')}\r\n`);
    server.write(head);
    server.pipe(socket).on('error', () => server.destroy());
    socket.pipe(server).on('error', () => socket.destroy());
  });
  proxies.push(proxy);
  await new Promise((listening) => proxy.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${proxy.address().port}` };
}

describe('behind a proxy', () => {
  after(() => {
    for (const proxy of proxies) {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  test('the page plays under a path of its own', async () => {
    const strip = (path) => (path.startsWith('/game/') ? path.slice('/game'.length) : undefined);
    const ada = await stage.open('/game/?autoplay&name=Ada', DESKTOP, await startProxy(strip, (headers) => headers));
    await ada.state('playing');
    await ada.ticks(40);
    await ada.assertSound();
    await ada.close();
  });

  test('the page says why the server refuses it when the host is not what the browser asked for', async () => {
    const proxy = await startProxy((path) => path, (headers) => ({ ...headers, host: '127.0.0.1' }));
    const ada = await stage.open('/?autoplay&name=Ada', DESKTOP, proxy);
    await ada.page.getByText('The server refuses this page:').waitFor({ state: 'visible' });
    const text = await ada.page.locator('#status-text').innerText();
    assert.ok(text.includes(`--allow-origin ${proxy.url}`) && text.includes('Host $http_host'), text);
    await ada.page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'visible' });
    await ada.assertAccessible();
    await ada.screenshot('refused');
    await ada.close();
  });
});
