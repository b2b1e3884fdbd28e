import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { PERFECT, PRESETS, linkText, withCondition } from '../../assets/js/net/link.js';
import { roomLink } from '../../assets/js/net/share.js';

test('a link is written as the core reads it', () => {
  const link = { latency: 100, jitter: 30, stall: 1, stallFor: 250, kbps: 500 };
  assert.equal(linkText(link), '100ms,jitter=30ms,stall=1%x250ms,kbps=500');
});

test('the known links are those over which the benchmark measures', () => {
  const source = readFileSync(new URL('../../bot-client/bench/src/links.rs', import.meta.url), 'utf8');
  const text = (literal) => literal.slice(1, -1).replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
  const names = new Map([...source.matchAll(/^(?:pub\(crate\) )?const (\w+): &str = (".*");$/gm)].map(([, name, literal]) => [name, text(literal)]));
  const [, list] = /const LINKS: .*? = \[(.*?)\n\];/s.exec(source);
  const links = [...list.matchAll(/\((".*?"|\w+), (".*?")\)/g)].map(([, name, link]) => ({ name: names.get(name) ?? text(name), text: text(link) }));
  assert.ok(links.length > 3, 'the benchmark has no links that can be read');
  assert.deepEqual(PRESETS.map(({ name, link }) => ({ name, text: linkText(link) || '0ms' })), links);
});

test('a link without conditions has no text', () => {
  assert.equal(linkText(PERFECT), '');
});

test('one condition moves another along where both would not fit', () => {
  assert.deepEqual(withCondition(PERFECT, 'jitter', 40), { ...PERFECT, latency: 40, jitter: 40 });
  assert.deepEqual(withCondition({ ...PERFECT, latency: 90, jitter: 40 }, 'latency', 10), { ...PERFECT, latency: 10, jitter: 10 });
  assert.equal(withCondition(PERFECT, 'kbps', 3).kbps, 8);
  assert.equal(withCondition(PERFECT, 'latency', -5).latency, 0);
});

test('a shared link keeps the room and nothing else', () => {
  const page = 'https://example.org/play?name=Ada&lab&link=100ms&room=old#here';
  assert.equal(roomLink(page, 'main'), 'https://example.org/play?room=main');
  assert.equal(roomLink(page, 'a b&c', true), 'https://example.org/play?room=a+b%26c&spectate');
  assert.equal(roomLink(page, ''), 'https://example.org/play');
});
