//! The socket under TLS.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A socket of which so many bytes may be read.
#[derive(Debug)]
pub(crate) struct Wire {
    tcp: TcpStream,
    /// What has been read before.
    already_read: Bytes,
    bytes_left: usize,
}

impl Wire {
    /// A socket of which `already_read` has been read; further reads fail with
    /// [`ErrorKind::QuotaExceeded`] once they have brought more than `bytes_max`.
    pub(crate) fn new(tcp: TcpStream, already_read: Bytes, bytes_max: usize) -> Self {
        Self { tcp, already_read, bytes_left: bytes_max }
    }

    /// From now on any number of bytes may be read.
    pub(crate) fn lift_limit(&mut self) {
        self.bytes_left = usize::MAX;
    }

    pub(crate) fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    pub(crate) fn into_tcp(self) -> TcpStream {
        self.tcp
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if this.already_read.has_remaining() {
            let count = this.already_read.len().min(buffer.remaining());
            buffer.put_slice(&this.already_read.split_to(count));
        } else {
            ready!(Pin::new(&mut this.tcp).poll_read(cx, buffer))?;
        }
        let read = buffer.filled().len() - before;
        match this.bytes_left.checked_sub(read) {
            Some(left) => this.bytes_left = left,
            None => return Poll::Ready(Err(ErrorKind::QuotaExceeded.into())),
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().tcp).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().tcp).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}
