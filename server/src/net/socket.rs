//! The two halves of a game connection's socket: one reads WebSocket messages, one is the room's.

use std::io;

use bytes::Bytes;
use metrics::Counter;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::frames::{Decoder, Incoming};
use crate::bucket::Bucket;
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::inbox::Sender;
use crate::engine::link::Link;

/// Bytes of the kernel's send buffer: about one frame. What waits there is already stale, so a
/// small one makes a slow client skip ticks instead of replaying them. (Linux doubles it.)
const SEND_BUFFER_BYTES: usize = 16 << 10;
/// Unsent bytes at which the kernel calls the socket writable again.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT_BYTES_MAX: u32 = 4 << 10;
/// Bytes a second that a client may send for long: five times what as many inputs come to as the
/// limit on messages lets through at 128 ticks a second. Messages are not all that has to be
/// limited: a fragment may be empty, and is no message before the last one has come.
const BYTES_PER_S_MAX: u32 = 50_000;
/// Bytes that may come at once, after a stall of the network.
const BYTES_AT_ONCE_MAX: u32 = 2 * BYTES_PER_S_MAX;
/// Bytes that are read and thrown away while a client takes the reason for its end.
const DRAIN_BYTES_MAX: usize = 256 << 10;

/// Makes the kernel hold little for this socket.
pub(crate) fn tune(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)
}

/// Why nothing more is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The client went without a word.
    Gone,
    /// The room has let go of the client.
    Released,
    /// The client is to be told this: it closed, or did what it must not.
    Closing(CloseReason),
}

/// The reading half of a game connection.
#[derive(Debug)]
pub(crate) struct Socket<I> {
    read: OwnedReadHalf,
    frames: Decoder,
    inbox: Sender<I>,
    bytes_in: Counter,
    bytes: Bucket,
    /// What has been read came after this, when nothing was left to read, microseconds.
    since_us: u64,
    /// When the last read left nothing, if it did: the next tells of what came after that.
    empty_us: Option<u64>,
    /// What a client that sends too much is told.
    messages_per_s_max: u32,
}

impl<I> Socket<I> {
    /// Reads from `read`, after the bytes that came with the request.
    pub(crate) fn new(
        read: OwnedReadHalf,
        already_read: &[u8],
        inbox: Sender<I>,
        bytes_in: Counter,
        messages_per_s_max: u32,
    ) -> Self {
        let bytes = Bucket::new(BYTES_PER_S_MAX, 1_000_000, BYTES_AT_ONCE_MAX);
        let frames = Decoder::new(already_read);
        let (since_us, empty_us) = (now_us(), None);
        let mut socket =
            Self { read, frames, inbox, bytes_in, bytes, since_us, empty_us, messages_per_s_max };
        // The head that they came with is bounded, and so are they: this is no flood yet.
        let _ = socket.receive(already_read.len(), false);
        socket
    }

    /// The next message; `None` for a ping, which is answered, or a pong. Loses nothing when it is
    /// dropped before it is done.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Ended> {
        loop {
            match self.frames.next().map_err(Ended::Closing)? {
                Some(Incoming::Binary(message)) => return Ok(Some(message)),
                Some(Incoming::Ping(payload)) => {
                    self.inbox.pong(&payload);
                    return Ok(None);
                }
                Some(Incoming::Pong) => return Ok(None),
                Some(Incoming::Close(code)) => {
                    return Err(Ended::Closing(CloseReason::Left(code)));
                }
                None => {
                    let buffer = self.frames.buffer();
                    let space = buffer.capacity() - buffer.len();
                    match self.read.read_buf(buffer).await {
                        Ok(0) | Err(_) => return Err(Ended::Gone),
                        // Having to wait would say nothing: the runtime lets others have their turn.
                        Ok(count) => self.receive(count, count < space)?,
                    }
                }
            }
        }
    }

    /// Counts bytes that came. `is_rest` says that nothing was left behind them.
    ///
    /// # Errors
    /// When they are too many; none of them is to be understood.
    fn receive(&mut self, count: usize, is_rest: bool) -> Result<(), Ended> {
        let now_us = now_us();
        self.since_us = self.since_us.max(self.empty_us.unwrap_or(0));
        self.empty_us = is_rest.then_some(now_us);
        self.bytes_in.increment(count as u64);
        let units = u32::try_from(count).unwrap_or(u32::MAX);
        let allowed = self.bytes.allows_all(units, self.since_us, now_us);
        if allowed { Ok(()) } else { Err(self.flooding()) }
    }

    /// The end of a client that sends too much.
    pub(crate) fn flooding(&self) -> Ended {
        let messages_per_s_max = self.messages_per_s_max;
        Ended::Closing(CloseReason::Flooding { messages_per_s_max })
    }

    /// What has been read came after this, microseconds.
    pub(crate) fn since_us(&self) -> u64 {
        self.since_us
    }

    /// Nothing is left of what came before this time, microseconds.
    pub(crate) fn is_past(&mut self, at_us: u64) {
        self.empty_us = self.empty_us.max(Some(at_us));
    }

    /// Where messages go.
    pub(crate) fn inbox(&self) -> &Sender<I> {
        &self.inbox
    }

    /// The parts, once nothing more is to be understood.
    pub(crate) fn into_parts(self) -> (OwnedReadHalf, Sender<I>) {
        (self.read, self.inbox)
    }
}

/// Reads and forgets until the client has closed. A socket that is closed with unread bytes is
/// reset, and the reason for the end, on its way to the client, is lost. To be bounded in time.
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

/// The writing half, as a room holds it. Dropping it ends the stream after what was written.
#[derive(Debug)]
pub(crate) struct SocketLink(pub(crate) OwnedWriteHalf);

impl Link for SocketLink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Straight to the system: whether the runtime has heard that the socket is writable does
        // not matter to one who never waits for that.
        #[cfg(unix)]
        return Ok(rustix::net::send(self.0.as_ref(), bytes, rustix::net::SendFlags::empty())?);
        #[cfg(not(unix))]
        self.0.try_write(bytes)
    }
}
