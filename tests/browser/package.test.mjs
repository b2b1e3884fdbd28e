// The npm package of the library for pages: packed, installed, built with Vite from strict TypeScript, and
// played; and the same package from a plain folder.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { DESKTOP, launchBrowser, openPlayer } from './player.mjs';
import { startServer } from './server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const core = join(root, 'shared/games/tag/page/core.wasm');

const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8' });

describe('the npm package', () => {
  const top = mkdtempSync(join(tmpdir(), 'drumbeat-package-'));
  const page = join(top, 'page');
  const dist = join(page, 'dist');
  const warnings = [];
  let packed;
  let server;
  let browser;

  before(async () => {
    const made = join(top, 'made');
    execFileSync(join(root, 'assets/web/package.mjs'), [made]);
    [packed] = JSON.parse(npm(top, 'pack', '--json', '--offline', '--ignore-scripts', made));
    cpSync(join(root, 'tests/browser/package-page'), page, { recursive: true });
    cpSync(core, join(page, 'core.wasm'));
    // The page that the README shows.
    const [, listing] = /```js\n(.*?)```/s.exec(readFileSync(join(made, 'README.md'), 'utf8'));
    writeFileSync(join(page, 'shown.js'), listing);
    writeFileSync(join(page, 'shown.html'), readFileSync(join(page, 'index.html'), 'utf8').replace('main.ts', 'shown.js'));
    npm(page, 'install', '--offline', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', join(top, packed.filename));
    const note = (text) => warnings.push(text);
    const customLogger = { info() {}, warn: note, warnOnce: note, error: note, clearScreen() {}, hasErrorLogged: () => false, hasWarned: false };
    // The page may stand under any path.
    await build({
      root: page, base: './', configFile: false, customLogger,
      build: {
        reportCompressedSize: false,
        target: 'es2022',
        rolldownOptions: { input: ['index.html', 'shown.html'].map((name) => join(page, name)) },
      },
    });
    cpSync(join(page, 'node_modules/drumbeat-net'), join(dist, 'drumbeat-net'), { recursive: true });
    cpSync(core, join(dist, 'core.wasm'));
    [server, browser] = await Promise.all([startServer('--game', 'tag', '--page', dist), launchBrowser()]);
  });
  after(async () => {
    await Promise.all([server?.stop(), browser?.close()]);
    rmSync(top, { recursive: true });
  });

  test('holds the modules with their types, and nothing else', () => {
    const code = readdirSync(join(root, 'assets/js/net')).flatMap((path) => [path, path.replace(/js$/, 'd.ts')]);
    const expected = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json', ...code];
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), expected.sort());
  });

  test('has types that strict TypeScript takes', () => {
    const tsc = join(root, 'tests/browser/node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '--project', page], { stdio: 'inherit' });
  });

  test('is built by Vite without a warning, and played', async () => {
    assert.deepEqual(warnings, []);
    const ada = await openPlayer(browser, DESKTOP, server.url);
    const own = () => {
      const { session } = window;
      if (!session?.playing) return undefined;
      return [...session.schema.entities(session.core.truth(), session.core.stride)].find((thing) => thing.own);
    };
    const place = await ada.page.waitForFunction(own);
    const { x } = await place.jsonValue();
    // Not into the nearer edge.
    await ada.page.keyboard.down(x < 800 ? 'KeyD' : 'KeyA');
    await ada.page.waitForFunction((x) => {
      const { session } = window;
      const thing = [...session.schema.entities(session.core.truth(), session.core.stride)].find(({ own }) => own);
      return thing && Math.abs(thing.x - x) > 100 && session.core.stats().checksums > 0;
    }, x);
    assert.equal(await ada.page.title(), 'Ada');
    assert.equal(await ada.page.evaluate(() => window.session.core.stats().mismatches), 0);
    ada.assertNoErrors();
    await ada.close();
  });

  test('is used as its README shows', async () => {
    const eve = await openPlayer(browser, DESKTOP, `${server.url}/shown.html`);
    const drawn = () => {
      const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1600, 1600);
      return data.some(Boolean);
    };
    await eve.page.waitForFunction(drawn);
    eve.assertNoErrors();
    await eve.close();
  });

  test('joins from a plain folder, with the core from bytes', async () => {
    const bob = await openPlayer(browser, DESKTOP, `${server.url}/plain.html`);
    await bob.page.waitForFunction(() => window.session?.playing && window.session.welcome?.name === 'Bob');
    bob.assertNoErrors();
    await bob.close();
  });
});
