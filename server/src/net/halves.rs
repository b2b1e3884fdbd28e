//! The two halves of a game connection: one is read by a task, the other is written by a room.
//!
//! With TLS they share its state: the reader decrypts, and the thread that makes a frame encrypts
//! it. Nobody holds the lock for longer than that takes, and never while it asks the system.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use rustls::ServerConnection;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::stream::Bare;
use crate::engine::link::Link;

/// Encrypted bytes that are read at a time: many inputs.
const WIRE_BYTES: usize = 512;

/// Splits a connection. Call this in the runtime that reads it. Also returns what has been decrypted
/// and nobody has read.
///
/// # Errors
/// When the socket is gone.
pub(crate) fn split((tcp, tls): Bare) -> io::Result<(ReadHalf, WriteHalf, BytesMut)> {
    let (read, write) = TcpStream::from_std(tcp)?.into_split();
    let tls = tls.map(|tls| Arc::new(Secret(Mutex::new(*tls))));
    let mut unread = BytesMut::new();
    let has_ended = tls.as_ref().map(|tls| tls.open(&[], &mut unread)).transpose()?;
    let read = ReadHalf { tcp: read, tls: tls.clone(), has_ended: has_ended.unwrap_or(false) };
    Ok((read, WriteHalf { tcp: write, tls, is_whole: true }, unread))
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// Bytes that arrived, as they travelled.
    pub(crate) bytes: usize,
    /// Whether nothing was left behind them.
    pub(crate) is_rest: bool,
}

/// The half that is read.
#[derive(Debug)]
pub(crate) struct ReadHalf {
    tcp: OwnedReadHalf,
    tls: Option<Arc<Secret>>,
    /// Whether the client has said that nothing more comes.
    has_ended: bool,
}

impl ReadHalf {
    /// The socket, for the writing half to be tuned with it.
    pub(crate) fn tcp(&mut self) -> &mut OwnedReadHalf {
        &mut self.tcp
    }

    /// Reads once; with TLS, what arrived may be less than a record, and then brings nothing yet.
    /// Cancelling this loses nothing.
    ///
    /// # Errors
    /// When the client is gone, has ended the stream, or has broken the encryption.
    pub(crate) async fn read(&mut self, buffer: &mut BytesMut) -> io::Result<Arrived> {
        let Some(tls) = &self.tls else {
            let space = buffer.capacity() - buffer.len();
            let bytes = self.tcp.read_buf(buffer).await?;
            let ended = ErrorKind::UnexpectedEof;
            return if bytes == 0 {
                Err(ended.into())
            } else {
                Ok(Arrived { bytes, is_rest: bytes < space })
            };
        };
        loop {
            if self.has_ended {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.tcp.readable().await?;
            let mut wire = [0; WIRE_BYTES];
            let bytes = match self.tcp.try_read(&mut wire) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            self.has_ended = tls.open(&wire[..bytes], buffer)?;
            return Ok(Arrived { bytes, is_rest: bytes < WIRE_BYTES });
        }
    }
}

/// The half that is written. Dropping it ends the stream after what has been written.
#[derive(Debug)]
pub(crate) struct WriteHalf {
    tcp: OwnedWriteHalf,
    tls: Option<Arc<Secret>>,
    /// Whether all that the caller wanted to write has been written.
    is_whole: bool,
}

impl WriteHalf {
    /// Writes all of this, waiting as long as it takes; what is left in `bytes` when this is
    /// cancelled comes first the next time. [`Link::seal`] it before.
    ///
    /// # Errors
    /// When the client is gone.
    pub(crate) async fn write_all(&mut self, bytes: &mut BytesMut) -> io::Result<()> {
        self.is_whole = false;
        self.tcp.write_all_buf(bytes).await?;
        self.is_whole = true;
        Ok(())
    }

    /// Writes what the system takes of this, waiting until that is some; returns how much. Cancelling this
    /// loses nothing. [`Link::seal`] it before.
    ///
    /// # Errors
    /// When the client is gone.
    pub(crate) async fn write_some(&mut self, bytes: &mut BytesMut) -> io::Result<usize> {
        self.is_whole = false;
        let written = self.tcp.write_buf(bytes).await?;
        self.is_whole = bytes.is_empty();
        Ok(written)
    }

    /// Directly to the system: this never waits until the runtime finds the socket writable, so it
    /// does not ask the runtime.
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(unix)]
        return Ok(rustix::net::send(self.tcp.as_ref(), bytes, rustix::net::SendFlags::empty())?);
        #[cfg(not(unix))]
        self.tcp.try_write(bytes)
    }
}

impl Link for WriteHalf {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.send(bytes);
        self.is_whole = matches!(&sent, Ok(count) if *count == bytes.len());
        sent
    }

    fn seal(&mut self, bytes: &[u8], sealed: &mut Vec<u8>) -> io::Result<bool> {
        match &self.tls {
            Some(tls) => tls.seal(bytes, sealed).map(|()| true),
            None => Ok(false),
        }
    }
}

impl Drop for WriteHalf {
    /// Says that nothing more comes, or what was wrong, unless that would be in the middle of
    /// something.
    fn drop(&mut self) {
        if let Some(tls) = self.tls.take().filter(|_| self.is_whole) {
            let _ = self.send(&tls.end());
        }
    }
}

/// The state of a connection's TLS.
#[derive(Debug)]
struct Secret(Mutex<ServerConnection>);

impl Secret {
    fn lock(&self) -> MutexGuard<'_, ServerConnection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Encrypts these bytes to the end of `sealed`, behind what TLS itself has to say.
    fn seal(&self, mut bytes: &[u8], sealed: &mut Vec<u8>) -> io::Result<()> {
        let mut tls = self.lock();
        while !bytes.is_empty() {
            let taken = tls.writer().write(bytes)?;
            if taken == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            bytes = &bytes[taken..];
            take_all(&mut tls, sealed);
        }
        Ok(())
    }

    /// Decrypts what has arrived to the end of `plain`. Returns whether the client has said that
    /// nothing more comes.
    fn open(&self, mut wire: &[u8], plain: &mut BytesMut) -> io::Result<bool> {
        let mut tls = self.lock();
        loop {
            let is_all = wire.is_empty() || tls.read_tls(&mut wire)? == 0;
            let broken = |error| io::Error::new(ErrorKind::InvalidData, error);
            let state = tls.process_new_packets().map_err(broken)?;
            let before = plain.len();
            plain.resize(before + state.plaintext_bytes_to_read(), 0);
            tls.reader().read_exact(&mut plain[before..])?;
            if is_all || wire.is_empty() {
                return Ok(state.peer_has_closed());
            }
        }
    }

    /// The last of what TLS has to say: what was wrong, or that nothing more comes.
    fn end(&self) -> Vec<u8> {
        let mut tls = self.lock();
        tls.send_close_notify();
        let mut sealed = Vec::new();
        take_all(&mut tls, &mut sealed);
        sealed
    }
}

/// Takes all that waits to be sent.
fn take_all(tls: &mut ServerConnection, sealed: &mut Vec<u8>) {
    while tls.wants_write() {
        // A vector takes everything.
        let _ = tls.write_tls(sealed);
    }
}
