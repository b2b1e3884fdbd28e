// Text clients, as plain as can be: a handshake, a join, and whatever comes is counted.

import { connect } from 'node:net';

/** How often a client says that it lives, milliseconds: whoever is silent is asked, and any pong will do. */
const PONG_MS = 3_000;
const [TEXT, PONG] = [0x81, 0x8a];
const STATE = '"state":{';

/** A short frame of a client, masked with zeros, which leave it as it is. */
const frame = (kind, payload = '') => Buffer.from([kind, 0x80 | payload.length, 0, 0, 0, 0, ...Buffer.from(payload)]);

/**
 * Joins a room as a text client that is sent a state as often; resolves to its socket once it is welcome.
 * `note` is called with the states and the bytes of each read.
 */
export function joinInText(port, { room, every, spectate, name }, note) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(
      `GET /ws?json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    ));
    let heard = '';
    const listen = (part) => {
      const wasUpgraded = heard.includes('\r\n\r\n');
      heard += part.toString('latin1');
      if (heard.includes('"error"')) reject(new Error(heard));
      if (!wasUpgraded && heard.includes('\r\n\r\n')) socket.write(frame(TEXT, JSON.stringify({ join: room, name, every, spectate })));
      if (heard.includes('"welcome"')) {
        socket.off('data', listen).on('data', read);
        resolve(socket);
      }
    };
    let tail = '';
    const read = (part) => {
      const text = tail + part.toString('latin1');
      note(text.split(STATE).length - 1, part.length);
      // Too short to hold a mark that has been counted.
      tail = text.slice(1 - STATE.length);
    };
    const pongs = setInterval(() => socket.write(frame(PONG)), PONG_MS);
    socket.on('data', listen).on('error', reject).on('close', () => {
      clearInterval(pongs);
      reject(new Error(`the server ended the connection; it said:\n${heard}`));
    });
  });
}
