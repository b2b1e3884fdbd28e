#!/usr/bin/env node
// Makes the npm package of the library for pages. `--help` says how.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HELP = `Usage: assets/web/package.mjs FOLDER

Writes the package drumbeat-net to FOLDER, which must be new or empty: the modules of assets/js/net,
their types, README, licences and package.json with the version of the workspace. Then
\`npm pack FOLDER\` makes one file of it, which \`npm install FILE\` takes. TypeScript makes the types:
npm ci --prefix tests/browser.
`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = join(root, 'tests/browser/node_modules/typescript/bin/tsc');

/** What of the entry is about where the server is, and what stands there in the package. */
const BESIDE_PAGE = [
  ['`ws` in the folder from which\n *   the server serves `js`', '`ws` beside\n *   the page'],
  ['/** Relative to this folder, so', '/** Relative to the page, so'],
  ["new URL('../../ws', import.meta.url)", "new URL('ws', document.baseURI)"],
  ["from './net/index.js'", "from 'drumbeat-net'"],
];

/** What package.json says.
 * @param {string} version */
const manifest = (version) => ({
  name: 'drumbeat-net',
  version,
  description: 'Joins a Drumbeat game server from a page, whatever its game',
  keywords: ['multiplayer', 'netcode', 'prediction', 'websocket'],
  license: 'MIT OR Apache-2.0',
  private: true,
  type: 'module',
  sideEffects: false,
  types: './index.d.ts',
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './types': { types: './types.d.ts', default: './types.js' },
  },
  files: ['*.js', '*.d.ts', 'LICENSE-*'],
});

/** `index.js`, with another default for the server: a bundler moves modules, so that their own place says
 * nothing; the page's does. */
function entry() {
  return BESIDE_PAGE.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`assets/js/net/index.js must have once: ${from}`);
    return text.replace(from, to);
  }, readFileSync(join(root, 'assets/js/net/index.js'), 'utf8'));
}

/** @param {string} folder */
function write(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty: name another folder`);
  if (!existsSync(tsc)) throw new Error('TypeScript is not installed: run npm ci --prefix tests/browser');
  const [, version] = /^\[workspace\.package\][^[]*?^version = "([^"]+)"/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8')) ?? [];
  if (!version) throw new Error('Cargo.toml has no version under [workspace.package]');
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'assets/web/package'), folder, { recursive: true });
  cpSync(join(root, 'assets/js/net'), folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), entry());
  for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(root, licence), join(folder, licence));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(version), null, 2)}\n`);
  const options = ['--allowJs', '--checkJs', '--declaration', '--emitDeclarationOnly', '--strict', '--target', 'es2022', '--module', 'es2022', '--moduleResolution', 'bundler', '--lib', 'dom,dom.iterable,es2022'];
  execFileSync(process.execPath, [tsc, ...options, 'index.js'], { cwd: folder, stdio: 'inherit' });
}

const [folder, ...more] = process.argv.slice(2);
if (folder === '--help' || folder === '-h') console.log(HELP);
else if (!folder || folder.startsWith('-') || more.length > 0) {
  console.error(HELP);
  process.exitCode = 2;
} else {
  try {
    write(folder);
  } catch (error) {
    console.error(`No package: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
