//! WebSocket frames made by hand, to send what a library would not.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Server, within};

pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xa;
/// Set in the first byte of a message's last frame.
pub(crate) const FINAL: u8 = 0x80;

/// The upgrade request of a well-behaved client, as text.
pub(crate) const REQUEST: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: drumbeat.v1\r\n\r\n";

/// A masked frame, as clients must send them. `first` is the opcode and perhaps [`FINAL`].
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x5a, 0x00, 0xc3, 0x77];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A connection on which frames are sent by hand.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    /// Sends the upgrade request with `more` in the same write, and reads the answer's head.
    pub(crate) async fn upgrade(server: &Server, more: &[u8]) -> Self {
        Self::upgrade_by(server, REQUEST.as_bytes(), more).await
    }

    /// Sends this request with `more` in the same write, and reads the answer's head.
    pub(crate) async fn upgrade_by(server: &Server, request: &[u8], more: &[u8]) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&[request, more].concat()).await.unwrap();
        let mut head = Vec::new();
        within("the upgrade", async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
        })
        .await;
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        Self { stream }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads the server's next frame: opcode and payload.
    pub(crate) async fn frame(&mut self) -> (u8, Vec<u8>) {
        within("a frame", async {
            let first = self.stream.read_u8().await.unwrap();
            let length = match self.stream.read_u8().await.unwrap() {
                126 => u64::from(self.stream.read_u16().await.unwrap()),
                127 => self.stream.read_u64().await.unwrap(),
                length => u64::from(length),
            };
            let mut payload = vec![0; length as usize];
            self.stream.read_exact(&mut payload).await.unwrap();
            (first & 0x0f, payload)
        })
        .await
    }

    /// Reads frames until one has this opcode; returns its payload.
    pub(crate) async fn frame_of(&mut self, opcode: u8) -> Vec<u8> {
        loop {
            let (found, payload) = self.frame().await;
            if found == opcode {
                return payload;
            }
        }
    }

    /// Reads until the server has closed the stream.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        within("the end of the stream", self.stream.read_to_end(&mut rest)).await.unwrap();
        rest
    }
}

/// Code and text of a close frame's payload.
pub(crate) fn close_reason(payload: &[u8]) -> (u16, String) {
    let code = u16::from_be_bytes([payload[0], payload[1]]);
    (code, String::from_utf8(payload[2..].to_vec()).unwrap())
}
