//! The two halves of a game connection's socket: one reads WebSocket messages, one is the room's.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use drumbeat_shared::limits::CLIENT_MESSAGE_BYTES_MAX;
use metrics::Counter;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::bucket::Bucket;
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
/// Read buffer of each connection: many inputs. It grows for a longer message.
const READ_BUFFER_BYTES: usize = 512;
/// Bytes a second that a client may send for long: five times what as many inputs come to as the
/// limit on messages lets through at 128 ticks a second. Messages are not all that has to be
/// limited: a fragment may be empty, and is no message before the last one has come.
const BYTES_PER_S_MAX: u32 = 50_000;
/// Bytes that may come at once, after a stall of the network.
const BYTES_AT_ONCE_MAX: u32 = 2 * BYTES_PER_S_MAX;
/// Bytes of answers that the WebSocket library holds; they are passed on at once.
const ANSWER_BUFFER_BYTES: usize = 1 << 10;
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
    /// The client went.
    Gone,
    /// The room has let go of the client.
    LetGo,
    /// The client did what it must not.
    Fault(CloseReason),
}

/// The reading half of a connection, as far as bytes go.
#[derive(Debug)]
struct Half<I> {
    read: OwnedReadHalf,
    inbox: Sender<I>,
    bytes_in: Counter,
    bytes: Bucket,
    /// More bytes came than may.
    flooded: bool,
}

impl<I> Half<I> {
    /// Counts bytes that came.
    ///
    /// # Errors
    /// When they are too many; none of them is to be understood.
    fn receive(&mut self, count: usize) -> io::Result<()> {
        self.bytes_in.increment(count as u64);
        let units = u32::try_from(count).unwrap_or(u32::MAX);
        self.flooded |= !self.bytes.allows_all(units, now_us());
        if self.flooded {
            return Err(io::Error::other("too many bytes"));
        }
        Ok(())
    }
}

/// The reading half of a game connection.
///
/// It drives the WebSocket library itself, instead of through a stream: that wakes tasks by wakers
/// of its own, at a few cache misses for each message.
#[derive(Debug)]
pub(crate) struct Socket<I> {
    half: Half<I>,
    protocol: WebSocketContext,
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
        let mut half = Half { read, inbox, bytes_in, bytes, flooded: false };
        // The head that they came with is bounded, and so are they: this is no flood yet.
        let _ = half.receive(already_read.len());
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(ANSWER_BUFFER_BYTES)
            .max_message_size(Some(CLIENT_MESSAGE_BYTES_MAX))
            .max_frame_size(Some(CLIENT_MESSAGE_BYTES_MAX));
        let already_read = already_read.to_vec();
        let protocol =
            WebSocketContext::from_partially_read(already_read, Role::Server, Some(config));
        Self { half, protocol, messages_per_s_max }
    }

    /// The next message; `None` for one of the WebSocket protocol's own. Loses nothing when it is
    /// dropped before it is done.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Ended> {
        let read = poll_fn(|cx| {
            let mut polled = Polled { half: &mut self.half, cx };
            match self.protocol.read(&mut polled) {
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
                read => Poll::Ready(read),
            }
        });
        match read.await {
            Ok(Message::Binary(bytes)) => Ok(Some(bytes)),
            Ok(Message::Text(_)) | Err(Error::Utf8(_)) => Err(Ended::Fault(CloseReason::NotBinary)),
            Ok(_) => Ok(None),
            Err(Error::Capacity(_)) => {
                Err(Ended::Fault(CloseReason::TooBig { bytes_max: CLIENT_MESSAGE_BYTES_MAX }))
            }
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Err(Ended::Gone),
            Err(Error::Protocol(error)) => {
                Err(Ended::Fault(CloseReason::Malformed(error.to_string())))
            }
            Err(Error::Io(_)) if self.half.flooded => Err(self.flooding()),
            Err(_) => Err(Ended::Gone),
        }
    }

    /// The end of a client that sends too much.
    pub(crate) fn flooding(&self) -> Ended {
        let messages_per_s_max = self.messages_per_s_max;
        Ended::Fault(CloseReason::Flooding { messages_per_s_max })
    }

    /// Where messages go.
    pub(crate) fn inbox(&self) -> &Sender<I> {
        &self.half.inbox
    }

    /// The parts, once nothing more is to be understood.
    pub(crate) fn into_parts(self) -> (OwnedReadHalf, Sender<I>) {
        (self.half.read, self.half.inbox)
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

/// The reading half as the WebSocket library sees it while a task polls it: what the library
/// writes goes to the inbox, and from there to the one who writes.
struct Polled<'a, 'b, I> {
    half: &'a mut Half<I>,
    cx: &'a mut Context<'b>,
}

impl<I> io::Read for Polled<'_, '_, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        match Pin::new(&mut self.half.read).poll_read(self.cx, &mut buffer) {
            Poll::Ready(read) => read?,
            Poll::Pending => return Err(io::ErrorKind::WouldBlock.into()),
        }
        let count = buffer.filled().len();
        self.half.receive(count)?;
        Ok(count)
    }
}

impl<I> io::Write for Polled<'_, '_, I> {
    fn write(&mut self, frames: &[u8]) -> io::Result<usize> {
        self.half.inbox.answer(frames);
        Ok(frames.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
