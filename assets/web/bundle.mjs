#!/usr/bin/env node
// Makes one script and one style sheet of Arena's page. `--help` says how.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HELP = `Usage: assets/web/bundle.mjs [FOLDER]
       assets/web/bundle.mjs --check

Makes, of the page in assets, the files that a program embeds in their place:
    index.html          names the other two
    js/bundle/page.js   all modules that js/main.js reaches
    page.css            all style sheets, in their order
    sources             a hash of what they were made of, then its files
and writes them to FOLDER (assets/built). --check makes them and compares; the exit code is 1 if
assets/built is not the same. esbuild does the work: npm ci --prefix tests/browser.
`;

const top = fileURLToPath(new URL('..', import.meta.url));
const built = join(top, 'built');
/** Two folders below the page, as the modules are: from there they find the server. */
const SCRIPT = 'js/bundle/page.js';
const STYLE = 'page.css';
const SOURCES = 'sources';
const MAIN = '<script type="module" src="js/main.js"></script>';
const SHEETS = /(?: *<link rel="stylesheet" href="[^"]+">\n)+/;
/** Browsers that have what the page uses anyway, such as static blocks of classes. */
const TARGET = ['chrome111', 'firefox114', 'safari16.4'];

/**
 * The files to write, by path, and what they were made of.
 * @returns {Promise<Map<string, string>>}
 */
async function bundle() {
  const { build } = await import(new URL('../../tests/browser/node_modules/esbuild/lib/main.js', import.meta.url).href);
  const index = readFileSync(join(top, 'index.html'), 'utf8');
  const [sheets] = SHEETS.exec(index) ?? [];
  if (!sheets || !index.includes(MAIN)) throw new Error(`index.html must name its style sheets in a row, and have ${MAIN}`);
  const css = [...sheets.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
  const common = { absWorkingDir: top, bundle: true, minify: true, write: false, metafile: true, charset: 'utf8', legalComments: 'none', target: TARGET, logLevel: 'error' };
  const script = await build({ ...common, entryPoints: ['js/main.js'], format: 'esm' });
  const contents = css.map((path) => `@import "./${path}";`).join('\n');
  const style = await build({ ...common, stdin: { contents, resolveDir: top, loader: 'css' } });
  const inputs = [script, style].flatMap(({ metafile }) => Object.keys(metafile.inputs)).filter((path) => path !== '<stdin>');
  const page = index.replace(SHEETS, `  <link rel="stylesheet" href="${STYLE}">\n`).replace(MAIN, MAIN.replace('js/main.js', SCRIPT));
  return new Map([
    ['index.html', page],
    [SCRIPT, script.outputFiles[0].text],
    [STYLE, style.outputFiles[0].text],
    [SOURCES, sources(['index.html', ...inputs, relative(top, fileURLToPath(import.meta.url))])],
  ]);
}

/** A hash of files, then their paths; `server/pack/src/bundle.rs` computes the same.
 * @param {string[]} paths */
function sources(paths) {
  const hash = createHash('sha256');
  const sorted = [...new Set(paths)].sort();
  for (const path of sorted) hash.update(`${path}\n`).update(readFileSync(join(top, path)));
  return [hash.digest('hex'), ...sorted, ''].join('\n');
}

/** @param {string} folder */
async function write(folder) {
  const files = await bundle();
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (path !== SOURCES) console.log(`${join(folder, path)}: ${Buffer.byteLength(text)} bytes`);
  }
}

async function check() {
  const files = await bundle();
  const other = [...files].filter(([path, text]) => !existsSync(join(built, path)) || readFileSync(join(built, path), 'utf8') !== text);
  if (other.length === 0) return;
  console.error(`assets/built is not made of the page as it is (${other.map(([path]) => path).join(', ')}): run assets/web/bundle.mjs`);
  process.exitCode = 1;
}

const [asked, ...more] = process.argv.slice(2);
if (asked === '--help' || asked === '-h') console.log(HELP);
else if (more.length > 0 || (asked?.startsWith('-') && asked !== '--check')) {
  console.error(HELP);
  process.exitCode = 2;
} else if (asked === '--check') await check();
else await write(asked ?? built);
