import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { SENT, closing, comeBackMs } from '../../assets/js/net/closing.js';

test('the page knows what follows each code that the server sends, and no other', () => {
  const closes = JSON.parse(readFileSync(new URL('../vectors/closes.json', import.meta.url)));
  assert.deepEqual([...SENT.keys()], [...new Set(closes.map(([code]) => code))]);
});

test('what passes by itself is tried again', () => {
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4002, 4003, 4004]) {
    assert.equal(closing(code, '').then, 'retry', String(code));
  }
});

test('what would only happen again waits for the player', () => {
  // An idle player whose page rejoined by itself would hold its seat forever.
  for (const code of [1002, 1003, 1007, 1008, 1009, 4006]) {
    assert.equal(closing(code, '').then, 'ask', String(code));
  }
  assert.equal(closing(4009, '').then, 'here');
  assert.equal(closing(4001, '').then, 'reload');
  assert.equal(closing(4005, '').then, 'elsewhere');
  assert.equal(closing(4007, '').then, 'elsewhere');
  assert.match(closing(4006, 'no new controls').text, /^You were idle too long/);
});

test('the words of the server are told as a sentence', () => {
  assert.equal(closing(1008, 'too many messages').text, 'Too many messages.');
  assert.equal(closing(4005, ' not a room name? ').text, 'Not a room name?');
  assert.equal(closing(1008, '').text, 'The connection was closed (code 1008).');
});

test('a connection that breaks is told apart from one that never was', () => {
  assert.equal(closing(1006, '', true).text, 'The connection was lost.');
  assert.match(closing(1006, '', false).text, /reach the server/);
});

test('a full room offers any other meanwhile', () => {
  assert.equal(closing(1013, 'full').offer, 'elsewhere');
  assert.equal(closing(1001, '').offer, 'wait');
});

test('when to come back is read as the protocol says', () => {
  for (const [reason, wait] of JSON.parse(readFileSync(new URL('../vectors/come_back.json', import.meta.url)))) {
    assert.equal(comeBackMs(reason), wait, reason);
  }
});

test('a server that says when to come back is obeyed, and the player reads only why', () => {
  const { then, text, wait, asked } = closing(1001, 'the server is shutting down; come back in 1400 ms');
  assert.deepEqual([then, text, wait, asked], ['retry', 'The server is shutting down.', 1400, true]);
  assert.deepEqual([closing(1012, 'x; come back in 90 ms').wait, closing(1013, 'full; come back in 9000 ms').wait], [90, 9000]);
  assert.equal(closing(1013, 'full').asked, false);
});

test('a full server is given time', () => {
  assert.ok(closing(1013, 'full').wait >= 1000);
  assert.equal(closing(1001, '').wait, 0);
});
