// The bundle of the page: what release builds serve.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const top = fileURLToPath(new URL('../../assets/', import.meta.url));
const built = mkdtempSync(join(tmpdir(), 'drumbeat-bundle-'));
after(() => rmSync(built, { recursive: true }));
execFileSync(join(top, 'web/bundle.mjs'), [built]);
const text = (path) => readFileSync(join(built, path), 'utf8');

test('every module and style sheet of the page is in the bundle', () => {
  const [, ...sources] = text('sources').trim().split('\n');
  const modules = readdirSync(join(top, 'js'), { recursive: true }).filter((path) => path.endsWith('.js')).map((path) => `js/${path}`);
  const sheets = readdirSync(top).filter((path) => path.endsWith('.css'));
  // A classic script of its own, and types without code.
  const apart = ['js/guard.js', 'js/net/types.js'];
  assert.deepEqual([...modules, ...sheets].filter((path) => !sources.includes(path)).sort(), apart);
});

test('the page names the bundle and nothing that it replaces', () => {
  const page = text('index.html');
  const named = [...page.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(named.filter((path) => /\.(js|css)$/.test(path)), ['js/guard.js', 'page.css', 'js/bundle/page.js']);
  assert.ok(page.indexOf('</head>') > page.indexOf('js/bundle/page.js'));
});

test('the bundle finds the server from where it stands, under any path', () => {
  assert.match(text('js/bundle/page.js'), /new URL\("\.\.\/\.\.\/ws",import\.meta\.url\)/);
});

test('page and core are small on the wire', () => {
  const paths = [...['index.html', 'js/bundle/page.js', 'page.css'].map((path) => join(built, path)), ...['core.wasm', 'js/guard.js', 'icon.svg', 'manifest.webmanifest'].map((path) => join(top, path))];
  const bytes = paths.map((path) => brotliCompressSync(readFileSync(path)).length);
  const sum = bytes.reduce((sum, next) => sum + next, 0);
  assert.ok(sum <= 220_000, `${sum} bytes: ${bytes}`);
});
