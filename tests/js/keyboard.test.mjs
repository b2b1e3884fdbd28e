import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const assets = new URL('../../assets/js/', import.meta.url);

/** An exception: any key starts the sound, which browsers mute until a person does something. */
const SOUND = 'arena/audio.js';

test('one place of the page hears of keys', () => {
  const files = readdirSync(assets, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.ok(files.length > 50, `${files.length} files`);
  const hear = files.filter((name) => /['"`]key(down|up|press)['"`]|\bonkey/.test(readFileSync(new URL(name, assets), 'utf8')));
  assert.deepEqual(hear.map((name) => name.replaceAll('\\', '/')), [SOUND, 'arena/keyboard.js']);
});
