//! A client that joins rooms of a real server and counts its frames, without a runtime.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use drumbeat_arena::Arena;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::schema_hash::schema_hash;

/// How long the server may be silent before the test fails: this does not measure speed.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The whole answer to a GET.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = connect(address);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    answer
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_read_timeout(Some(SILENCE_MAX)).expect("a socket's setting");
    stream
}

/// A player in a room.
pub(crate) struct Guest(BufReader<TcpStream>);

impl Guest {
    /// Joins, and waits for the welcome.
    pub(crate) fn join(address: &str, room: &str) -> Self {
        let mut stream = connect(address);
        let upgrade = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: drumbeat.v1\r\n\r\n"
        );
        let hello: ClientMessage<<Arena as Game>::Input> =
            ClientMessage::Hello(Hello::new(schema_hash::<Arena>(), "Ada", room));
        let hello = encode(&hello);
        // A final binary message, masked with zeros.
        let mut request = upgrade.into_bytes();
        request.extend([0x82, 0x80 | hello.len() as u8, 0, 0, 0, 0]);
        request.extend(hello);
        stream.write_all(&request).expect("the server reads");
        let mut stream = BufReader::new(stream);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("the server answers");
            head.extend(byte);
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        let mut guest = Self(stream);
        guest.frames(1);
        guest
    }

    /// Waits for `count` messages from the server.
    pub(crate) fn frames(&mut self, count: usize) {
        for _ in 0..count {
            let [first, length] = self.take::<2>();
            let length = match length {
                126 => u64::from(u16::from_be_bytes(self.take())),
                127 => u64::from_be_bytes(self.take()),
                length => u64::from(length),
            };
            let mut payload = vec![0; length as usize];
            self.0.read_exact(&mut payload).expect("the rest of a frame");
            let text = String::from_utf8_lossy(&payload);
            assert_eq!(first, 0x82, "no binary message: {text}");
        }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).expect("a frame");
        bytes
    }
}
