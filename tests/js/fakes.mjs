// A WebSocket and a client core for tests of a session.

import { CoreError } from '../../assets/js/net/core.js';
import { Schema } from '../../assets/js/net/schema.js';

/** What a page has as its socket; the test plays the server. */
export class FakeWebSocket {
  static OPEN = 1;
  static last = null;
  readyState = 0;
  sent = [];

  constructor(url) {
    this.url = String(url);
    FakeWebSocket.last = this;
  }

  send(bytes) {
    this.sent.push(...bytes);
  }

  close(code) {
    this.code = code;
    this.readyState = 3;
  }

  static opened = 0;

  opened() {
    FakeWebSocket.opened += 1;
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  got(...bytes) {
    this.onmessage({ data: Uint8Array.from(bytes).buffer });
  }
}

/** A core whose messages are one byte: 0 is the welcome, 255 is refused, all others are frames. */
export class FakeCore {
  calls = [];
  #in = [];
  #out = [];

  connect({ name, room, spectate, ticket, place }) {
    this.calls.push(['connect', name, room, spectate]);
    this.ticket = ticket;
    this.place = place ? { room: place.room, token: place.token, tick: place.tick } : null;
    this.#out.push(1);
  }

  isWelcome([byte]) {
    return byte === 0;
  }

  receive([byte]) {
    this.#in.push(byte);
  }

  deliver() {
    const byte = this.#in.shift();
    if (byte === 255) throw new CoreError('no message');
    return byte === undefined ? null : byte === 0 ? 'welcome' : 'frame';
  }

  hold([number]) {
    if (number === 99) throw new CoreError('99 is no control');
    this.#out.push(number);
  }

  schema() {
    const controls = [{ name: 'speed', min: 0, max: 9, default: 1, turns: false, steps_per_unit: 1, values: [] }];
    return new Schema({ game: 'small', steps_per_unit: 1, view: {}, head: [], kinds: [], private: [], controls });
  }

  transmit() {
    return this.#out.length > 0 ? Uint8Array.of(this.#out.shift()) : null;
  }

  setLink(text) {
    if (text === 'bad') throw new CoreError('`bad` is no link');
    this.calls.push(['link', text]);
  }

  setSwitches(switches) {
    this.calls.push(['switches', switches]);
  }

  welcome() {
    return { player: 7, room: 'main', name: 'Ada', resume: { token: Array(16).fill(FakeWebSocket.opened), keep_s: 20 }, resumed: FakeCore.resumed };
  }

  static resumed = null;
  tick = 9;

  renew(ticket) {
    this.renewed = ticket;
  }

  static said = [];

  *notices() {
    yield* FakeCore.said.splice(0);
  }

  hasDocument = true;

  *changedRecords() {}

  command(command) {
    this.calls.push(['command', command]);
    return (FakeCore.resumed ?? 0) + this.calls.filter(([what]) => what === 'command').length;
  }
}

/** Joins as far as the first frame. */
export function play(session, wanted) {
  session.join(wanted);
  FakeWebSocket.last.opened();
  FakeWebSocket.last.got(0);
  FakeWebSocket.last.got(2);
}
