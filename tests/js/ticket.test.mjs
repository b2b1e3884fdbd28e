import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Session } from '../../assets/js/net/session.js';
import { siteTicket } from '../../assets/js/net/ticket.js';
import { FakeCore, FakeWebSocket, play } from './fakes.mjs';

globalThis.WebSocket = FakeWebSocket;
let session;

beforeEach(() => {
  [FakeCore.resumed, FakeWebSocket.opened] = [null, 0];
  session = new Session('ws://here/ws', () => new FakeCore(), {});
});

/** Waits until what was promised has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a ticket is sent with every hello', (t) => {
  t.after(() => session.leave());
  play(session, { ticket: 'a.b.c' });
  assert.equal(session.core.ticket, 'a.b.c');
  session.renew('d.e.f');
  assert.equal(session.core.renewed, 'd.e.f');
  session.suspend();
  session.hurry();
  FakeWebSocket.last.opened();
  assert.equal(session.core.ticket, 'd.e.f', 'the newer one');
});

test('a fresh ticket is got for each connection, and when the one before ends', async (t) => {
  t.after(() => session.leave());
  let count = 0;
  session.join({ ticket: async () => `ticket ${(count += 1)}` });
  FakeWebSocket.last.opened();
  assert.equal(session.core, null, 'nothing is said before the ticket is there');
  await settled();
  assert.equal(session.core.ticket, 'ticket 1');
  FakeWebSocket.last.got(0);
  FakeCore.said = [{ ticket_ends: { in_s: 60 } }];
  FakeWebSocket.last.got(2);
  await settled();
  assert.equal(session.core.renewed, 'ticket 2');
  FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
  assert.equal(session.state.name, 'connecting');
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual([session.core.ticket, session.core.place?.room], ['ticket 3', 'main'], 'the place is not lost');
});

test('the site is asked for a ticket only if the server asks, and a page is no ticket', async (t) => {
  t.after(() => session.leave());
  const answers = ['<!doctype html>', 'a.b.c'];
  const fetched = t.mock.method(globalThis, 'fetch', async () => new Response(answers.shift()));
  play(session, { name: 'Ada', ticket: siteTicket('https://game.example/ticket') });
  await settled();
  FakeWebSocket.last.got(0);
  for (let round = 0; round < 2; round += 1) {
    session.suspend();
    session.hurry();
    FakeWebSocket.last.opened();
    await settled();
    FakeWebSocket.last.got(0);
  }
  assert.equal(fetched.mock.callCount(), 0);
  for (const ticket of ['', 'a.b.c']) {
    FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
    FakeWebSocket.last.opened();
    await settled();
    assert.equal(session.core.ticket, ticket);
    FakeWebSocket.last.got(0);
  }
});

test('who lacks a ticket has the place still, and brings one later', (t) => {
  t.after(() => session.leave());
  play(session, { name: 'Ada', room: 'main', ticket: 'a.b.c' });
  FakeWebSocket.last.onclose({ code: 4011, reason: 'your ticket has ended' });
  assert.equal(session.state.then, 'ask');
  session.join({ name: 'Ada', room: 'main', ticket: 'd.e.f' });
  FakeWebSocket.last.opened();
  assert.deepEqual([session.core.ticket, session.core.place?.room], ['d.e.f', 'main']);
});

test('a ticket that does not come in time is not used', async (t) => {
  t.after(() => session.leave());
  let bring;
  session.join({ ticket: () => new Promise((resolve) => (bring = resolve)) });
  FakeWebSocket.last.opened();
  await settled();
  const late = bring;
  session.retry();
  FakeWebSocket.last.opened();
  await settled();
  late('old');
  await settled();
  assert.equal(session.core, null);
  bring('new');
  await settled();
  assert.equal(session.core.ticket, 'new');
});

test('who can bring no ticket is asked to sign in', async (t) => {
  t.after(() => session.leave());
  const reason = 'a ticket is needed to play here; sign in where this game is offered';
  const refused = () => FakeWebSocket.last.onclose({ code: 4010, reason });
  play(session, {});
  refused();
  const text = 'A ticket is needed to play here; sign in where this game is offered.';
  assert.deepEqual(session.state, { name: 'ended', then: 'ask', text, why: 'needs_ticket' });
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (url) => {
    asked.push(String(url));
    return new Response('no such page', { status: 404 });
  });
  session.join({ ticket: siteTicket('https://game.example/play/ticket') });
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual(asked, [], 'a server that asks for none is asked for none');
  refused();
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual(asked, ['https://game.example/play/ticket']);
  assert.equal(session.core.ticket, '', 'an answer without success is no ticket');
  refused();
  assert.deepEqual(session.state, { name: 'ended', then: 'ask', text, why: 'needs_ticket' }, 'one attempt, no more');
  session.join({ ticket: () => Promise.reject(new Error('the site is away')) });
  FakeWebSocket.last.opened();
  await settled();
  assert.deepEqual([session.state.name, session.state.text], ['waiting', 'There is no ticket: the site is away.']);
});
