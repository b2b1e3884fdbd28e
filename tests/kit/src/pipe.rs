//! One direction of a connection, in memory: bytes in flight to a client.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use drumbeat_server::engine::incident::Peer;
use drumbeat_server::engine::link::Link;

/// The far end of a connection that has no socket.
#[must_use]
pub fn peer(connection: u64) -> Peer {
    Peer { connection, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into() }
}

#[derive(Debug, Default)]
struct Bytes {
    waiting: VecDeque<u8>,
    capacity: usize,
    broken: bool,
    closed: bool,
}

/// A pipe of limited capacity. Clones share one pipe.
#[derive(Clone, Debug)]
pub struct Pipe(Arc<Mutex<Bytes>>);

impl Pipe {
    /// A pipe that holds `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Bytes { capacity, ..Bytes::default() })))
    }

    /// The server's end.
    #[must_use]
    pub fn link(&self) -> Box<dyn Link> {
        Box::new(PipeLink(self.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Bytes> {
        self.0.lock().unwrap()
    }

    /// Lets it hold `capacity` bytes from now on; what is in it stays.
    pub fn hold(&self, capacity: usize) {
        self.lock().capacity = capacity;
    }

    /// Moves up to `bytes_max` bytes to the end of `into`.
    pub fn read(&self, bytes_max: usize, into: &mut Vec<u8>) {
        let mut bytes = self.lock();
        let count = bytes.waiting.len().min(bytes_max);
        into.extend(bytes.waiting.drain(..count));
    }

    /// Makes every later write fail.
    pub fn break_off(&self) {
        self.lock().broken = true;
    }

    /// Whether the server has dropped its end.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Empties the pipe and returns the first close code in it, if any.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        let mut bytes = Vec::new();
        self.read(usize::MAX, &mut bytes);
        std::iter::from_fn(|| take_message(&mut bytes))
            .find(|(opcode, _)| *opcode == 8)
            .map(|(_, payload)| u16::from_be_bytes([payload[0], payload[1]]))
    }
}

struct PipeLink(Pipe);

impl Link for PipeLink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pipe = self.0.lock();
        if pipe.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(pipe.capacity.saturating_sub(pipe.waiting.len()));
        if taken == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        pipe.waiting.extend(&bytes[..taken]);
        Ok(taken)
    }
}

impl Drop for PipeLink {
    fn drop(&mut self) {
        self.0.lock().closed = true;
    }
}

/// Takes a whole unmasked WebSocket message off the front: opcode and payload.
pub fn take_message(buffer: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let short = usize::from(*buffer.get(1)?);
    let (header, payload) = match short {
        126 => (4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().unwrap()))),
        127 => (10, u64::from_be_bytes(buffer.get(2..10)?.try_into().unwrap()) as usize),
        bytes => (2, bytes),
    };
    let message = buffer.get(header..header + payload)?.to_vec();
    let first = buffer[0];
    assert_eq!(first & 0xf0, 0x80, "a final frame without extensions");
    buffer.drain(..header + payload);
    Some((first & 0x0f, message))
}
