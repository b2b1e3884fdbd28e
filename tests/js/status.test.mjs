import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SENT, closing } from '../../assets/js/net/closing.js';
import { headline } from '../../assets/js/arena/status.js';
import { EN } from '../../assets/js/arena/texts/en.js';

test('there is a word for all that a player may do', () => {
  for (const then of new Set(SENT.values())) {
    // What is tried again by itself is offered as a wait, and a ticket is the session's affair.
    if (then !== 'retry' && then !== 'ticket') assert.ok(EN.status.actions[then], then);
  }
  assert.equal(EN.status.actions[closing(4009, '').then], 'Play here');
});

test('nobody is told of a connection lost that never was', () => {
  assert.equal(headline('waiting', false), 'Trying again in');
  assert.equal(headline('ended', false), 'Not connected');
});

test('whoever has played is told that the connection is gone', () => {
  assert.equal(headline('waiting', true), 'Reconnecting in');
  assert.equal(headline('ended', true), 'Disconnected');
});
