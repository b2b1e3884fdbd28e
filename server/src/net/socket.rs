//! The reading half of a game connection, as WebSocket messages.

use std::io;

use bytes::Bytes;
use drumbeat_shared::protocol::close::CloseCode;
use metrics::Counter;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt};
use tracing::debug;

use super::frames::{Accepted, Decoder, Incoming};
use super::halves::{Arrived, ReadHalf};
use crate::bucket::Bucket;
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::inbox::{Receiver, Sender, inbox};

/// Bytes of the kernel's send buffer: about one frame. What waits there is already stale, so a
/// small buffer makes a slow client skip ticks instead of replaying them. (Linux doubles it.)
const SEND_BUFFER_BYTES: usize = 16 << 10;
/// Unsent bytes at which the kernel reports the socket as writable again.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT_BYTES_MAX: u32 = 4 << 10;
/// Bytes a second that a client may send in the long run: five times the size of all inputs that
/// the limit of messages lets through at 128 ticks a second. Limiting messages is not enough: a
/// fragment may be empty, and is not a message until the last one has arrived.
const BYTES_PER_S_MAX: u32 = 50_000;
/// Bytes that may arrive at once, after a stall of the network.
const BYTES_AT_ONCE_MAX: u32 = 2 * BYTES_PER_S_MAX;
/// Bytes that are read and discarded while a client takes the reason for its end.
const DRAIN_BYTES_MAX: usize = 256 << 10;

/// Makes the kernel buffer little for this socket.
pub(crate) fn tune(stream: &std::net::TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)
}

/// Why reading ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The client left without a close frame.
    Gone,
    /// The room has dropped the client.
    Dropped,
    /// The client must receive this reason: it closed, or did something that it must not do.
    Closing(CloseReason),
}

/// What a client may send.
#[derive(Debug)]
pub(crate) struct Allowance {
    pub(crate) accepted: Accepted,
    /// Limits its bytes.
    pub(crate) bytes: Bucket,
    /// The limit of messages, which the close reason names to a client that sends too much.
    pub(crate) messages_per_s_max: u32,
}

impl Allowance {
    /// What one that plays may send.
    pub(crate) fn game(messages_per_s_max: u32) -> Self {
        let bytes = Bucket::new(BYTES_PER_S_MAX, 1_000_000, BYTES_AT_ONCE_MAX);
        Self { accepted: Accepted::GAME, bytes, messages_per_s_max }
    }

    /// What one that types may send.
    pub(crate) fn text(messages_per_s_max: u32) -> Self {
        Self { accepted: Accepted::TEXT, ..Self::game(messages_per_s_max) }
    }
}

/// The reading half of a game connection.
#[derive(Debug)]
pub(crate) struct Socket<I, C> {
    read: ReadHalf,
    frames: Decoder,
    inbox: Sender<I, C>,
    bytes_in: Counter,
    bytes: Bucket,
    /// What has been read arrived after this time, when nothing was left to read, microseconds.
    since_us: u64,
    /// When the last read left nothing, if it did; what the next read brings arrived after that.
    empty_us: Option<u64>,
    /// The limit of messages, which the close reason names to a client that sends too much.
    messages_per_s_max: u32,
}

impl<I, C> Socket<I, C> {
    /// Reads from `read`, after the bytes that arrived with the request.
    pub(crate) fn new(
        read: ReadHalf,
        already_read: &[u8],
        inbox: Sender<I, C>,
        bytes_in: Counter,
        Allowance { accepted, bytes, messages_per_s_max }: Allowance,
    ) -> Self {
        let frames = Decoder::new(accepted, already_read);
        let (since_us, empty_us) = (now_us(), None);
        let mut socket =
            Self { read, frames, inbox, bytes_in, bytes, since_us, empty_us, messages_per_s_max };
        // The head that they arrived with is bounded, and so are they: this is no flood yet.
        let _ = socket.receive(already_read.len(), false);
        socket
    }

    /// The next message; `None` for a pong, or for a ping, which is answered. Cancelling this loses
    /// nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Ended> {
        match self.incoming().await? {
            Incoming::Binary(message) | Incoming::Text(message) => Ok(Some(message)),
            _ => Ok(None),
        }
    }

    /// What comes next, other than a close; a ping is answered. Cancelling this loses nothing.
    pub(crate) async fn incoming(&mut self) -> Result<Incoming, Ended> {
        loop {
            match self.frames.next().map_err(Ended::Closing)? {
                Some(Incoming::Ping(payload)) => {
                    self.inbox.pong(&payload);
                    return Ok(Incoming::Ping(payload));
                }
                Some(Incoming::Close(code)) => {
                    return Err(Ended::Closing(CloseReason::left(code)));
                }
                Some(incoming) => return Ok(incoming),
                None => {
                    // Whether a read has to wait says nothing: the runtime also makes tasks wait for
                    // each other.
                    let read = self.read.read(self.frames.buffer()).await;
                    let Arrived { bytes, is_rest } = read.map_err(|error| {
                        debug!(%error, "the client is gone");
                        Ended::Gone
                    })?;
                    self.receive(bytes, is_rest)?;
                }
            }
        }
    }

    /// Counts bytes that arrived. `is_rest` says whether nothing was left behind them.
    ///
    /// # Errors
    /// When they exceed the limit; none of them may be decoded.
    fn receive(&mut self, count: usize, is_rest: bool) -> Result<(), Ended> {
        let now_us = now_us();
        self.since_us = self.since_us.max(self.empty_us.unwrap_or(0));
        self.empty_us = is_rest.then_some(now_us);
        self.bytes_in.increment(count as u64);
        let units = u32::try_from(count).unwrap_or(u32::MAX);
        let allowed = self.bytes.allows_all(units, self.since_us, now_us);
        if allowed { Ok(()) } else { Err(self.flooding()) }
    }

    /// The reason that ends a client that sends too much.
    pub(crate) fn flooding(&self) -> Ended {
        let what = format!("send at most {} messages a second", self.messages_per_s_max);
        Ended::Closing(CloseReason::detailed(CloseCode::Flooding, &what))
    }

    /// What has been read arrived after this time, microseconds.
    pub(crate) fn since_us(&self) -> u64 {
        self.since_us
    }

    /// Notes that everything that arrived before this time has been read, microseconds.
    pub(crate) fn note_all_read_until(&mut self, at_us: u64) {
        self.empty_us = self.empty_us.max(Some(at_us));
    }

    /// Where the messages go.
    pub(crate) fn inbox(&self) -> &Sender<I, C> {
        &self.inbox
    }

    /// Takes another inbox, for the next room. What comes goes there.
    pub(crate) fn renew_inbox(&mut self) -> Receiver<I, C> {
        let (sender, receiver) = inbox();
        self.inbox = sender;
        receiver
    }

    /// Ends the client with a reason, which the room writes. Nothing more may be read.
    pub(crate) fn end(&mut self, reason: CloseReason) {
        let (other, _) = inbox();
        std::mem::replace(&mut self.inbox, other).close(reason);
    }

    /// Splits the socket, once nothing more will be decoded.
    pub(crate) fn into_parts(self) -> (ReadHalf, Sender<I, C>) {
        (self.read, self.inbox)
    }
}

/// Reads and discards until the client has closed. Closing a socket with unread bytes resets it,
/// which loses the reason in flight to the client. The caller bounds the time.
pub(crate) async fn drain(read: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut scrap = [0; 512];
    let mut left = DRAIN_BYTES_MAX;
    while left > 0 {
        match read.read(&mut scrap).await? {
            0 => break,
            count => left = left.saturating_sub(count),
        }
    }
    Ok(())
}
