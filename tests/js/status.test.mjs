import assert from 'node:assert/strict';
import { test } from 'node:test';

import { headline } from '../../assets/js/arena/status.js';

test('nobody is told of a connection lost that never was', () => {
  assert.equal(headline('waiting', false), 'Trying again in');
  assert.equal(headline('ended', false), 'Not connected');
});

test('whoever has played is told that the connection is gone', () => {
  assert.equal(headline('waiting', true), 'Reconnecting in');
  assert.equal(headline('ended', true), 'Disconnected');
});
