//! The socket under HTTP: how long a visitor may take, and what it did wrong.
//!
//! The HTTP library answers a head that it cannot read with a bare status, and has one time limit
//! for both a head and the pause before it. Here each has its own limit, and an answer must be
//! taken at a minimum rate. What the library answers to a bad head is held back, so that the
//! visitor gets an explanation instead ([`HttpStream::fault`]).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::exchange::Exchange;
use super::fault;
use super::refusal::Refusal;
use super::stream::Stream;

/// How long a connection that leads to players may wait for its next request. Reverse proxies hold
/// theirs for 60 s, and the side that closes first must be the one that knows of requests in flight.
pub(crate) const IDLE: Duration = Duration::from_secs(75);
/// A visitor that takes less than `TAKEN_BYTES_MIN` of an answer in this time is dropped.
const TAKING: Duration = Duration::from_secs(10);
/// 1.6 kB a second: slower than any link that can load a page.
const TAKEN_BYTES_MIN: usize = 16 << 10;
/// Bytes of an answer that the kernel holds per visitor. (Linux doubles it.)
const SEND_BUFFER_BYTES: usize = 32 << 10;

/// How long a connection may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    /// For a whole head.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) idle: Duration,
}

/// A connection as the HTTP library sees it.
#[derive(Debug)]
pub(crate) struct HttpStream {
    stream: Stream,
    /// What has been read before, and not by the library.
    already_read: Bytes,
    waits: Waits,
    exchange: Arc<Exchange>,
    heads_seen: usize,
    /// The first bytes of the head being read; empty between two heads.
    head: Vec<u8>,
    read_by: Pin<Box<Sleep>>,
    /// Set while the visitor takes less than it is sent.
    take_by: Option<Pin<Box<Sleep>>>,
    taken_bytes: usize,
    fault: Option<Refusal>,
}

impl HttpStream {
    /// Wraps a connection, of which the first bytes are read already. The caller notes each head
    /// that was read.
    pub(crate) fn new(
        stream: Stream,
        already_read: Bytes,
        waits: Waits,
        exchange: Arc<Exchange>,
    ) -> io::Result<Self> {
        // Answers are single writes; waiting to fill a packet would only delay them.
        stream.tcp().set_nodelay(true)?;
        SockRef::from(stream.tcp()).set_send_buffer_size(SEND_BUFFER_BYTES)?;
        Ok(Self {
            stream,
            already_read,
            waits,
            exchange,
            heads_seen: 0,
            head: Vec::new(),
            read_by: Box::pin(sleep(waits.head)),
            take_by: None,
            taken_bytes: 0,
            fault: None,
        })
    }

    /// The connection, and the visitor's fault, if any, to report to it.
    pub(crate) fn into_parts(self) -> (Stream, Option<Refusal>) {
        (self.stream, self.fault)
    }

    /// Checks whether a head was read completely since the last call.
    fn look_for_heads(&mut self) {
        let heads = self.exchange.heads();
        if heads != self.heads_seen {
            self.heads_seen = heads;
            self.head.clear();
            self.take_by = None;
            self.read_by.as_mut().reset(Instant::now() + self.waits.idle);
        }
    }

    fn note_read(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.head.is_empty() && self.heads_seen > 0 {
            self.read_by.as_mut().reset(Instant::now() + self.waits.head);
        }
        let room = fault::HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn note_written(
        &mut self,
        written: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let Poll::Ready(written) = written else {
            return self.wait_for_taker(cx).map(Err);
        };
        self.taken_bytes += *written.as_ref().unwrap_or(&0);
        if self.taken_bytes >= TAKEN_BYTES_MIN {
            (self.take_by, self.taken_bytes) = (None, 0);
        }
        if self.head.is_empty() {
            // The wait for the next request begins when the answer ends.
            self.read_by.as_mut().reset(Instant::now() + self.waits.idle);
        }
        Poll::Ready(written)
    }

    /// Gives the visitor some time to take more; then it is at fault.
    fn wait_for_taker(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let limit = self.take_by.get_or_insert_with(|| Box::pin(sleep(TAKING)));
        ready!(limit.as_mut().poll(cx));
        self.fault = Some(fault::SLOW_READER);
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    /// Notes whether the visitor has taken all that was written: with TLS some of it waits here,
    /// encrypted.
    fn note_flushed(
        &mut self,
        flushed: Poll<io::Result<()>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match flushed {
            Poll::Ready(flushed) => {
                (self.take_by, self.taken_bytes) = (None, 0);
                Poll::Ready(flushed)
            }
            Poll::Pending => self.wait_for_taker(cx).map(Err),
        }
    }

    /// Whether a visitor that must hold its half open has ended it. Nothing else reads while an
    /// answer is under way; what arrives is for the next request.
    fn has_left(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.exchange.is_attended() || self.already_read.has_remaining() {
            return false;
        }
        let mut space = [0; 512];
        let mut buffer = ReadBuf::new(&mut space);
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut buffer);
        self.already_read = Bytes::copy_from_slice(buffer.filled());
        read.is_ready() && self.already_read.is_empty()
    }

    /// Whether these bytes are the library's own answer to a bad head, which is held back.
    fn holds_back(&mut self, answer: &[u8]) -> bool {
        if let Some(fault) = fault::of_answer(answer, &self.head) {
            self.fault = Some(fault);
        }
        self.fault.is_some()
    }
}

impl AsyncRead for HttpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.look_for_heads();
        let before = buffer.filled().len();
        if this.already_read.has_remaining() {
            let count = this.already_read.len().min(buffer.remaining());
            buffer.put_slice(&this.already_read.split_to(count));
            this.note_read(&buffer.filled()[before..]);
            return Poll::Ready(Ok(()));
        }
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            this.note_read(&buffer.filled()[before..]);
            return Poll::Ready(read);
        }
        ready!(this.read_by.as_mut().poll(cx));
        if this.head.is_empty() {
            // Ends as if the visitor had closed: no request has started. Browsers open connections
            // that they may not need.
            return Poll::Ready(Ok(()));
        }
        this.fault = Some(fault::SLOW_REQUEST);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for HttpStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if slices.first().is_some_and(|first| this.holds_back(first)) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.note_written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.has_left(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.note_flushed(flushed, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.fault.is_some() {
            return Poll::Ready(Ok(()));
        }
        let ended = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.note_flushed(ended, cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const WAITS: Waits = Waits { head: Duration::from_secs(5), idle: Duration::from_secs(40) };

    /// A served connection, what its handlers share with it, and the visitor's end. With the runtime's clock
    /// paused, time passes only while nothing else can happen.
    async fn connected() -> (HttpStream, Arc<Exchange>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let visitor = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let exchange = Arc::<Exchange>::default();
        (
            HttpStream::new(Stream::Plain(stream), Bytes::new(), WAITS, Arc::clone(&exchange))
                .unwrap(),
            exchange,
            visitor,
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_between_requests_may_be_long_and_a_head_may_not() {
        let (mut stream, exchange, mut visitor) = connected().await;
        let mut buffer = [0; 64];
        visitor.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        exchange.note_head();
        let paused = Instant::now();
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 0, "as if the visitor had closed");
        assert_eq!(paused.elapsed().as_secs(), WAITS.idle.as_secs());
        assert_eq!(stream.into_parts().1, None);

        let (mut stream, exchange, mut visitor) = connected().await;
        exchange.note_head();
        visitor.write_all(b"GET").await.unwrap();
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 3);
        let started = Instant::now();
        stream.read(&mut buffer).await.unwrap_err();
        assert_eq!(started.elapsed().as_secs(), WAITS.head.as_secs());
        assert_eq!(stream.into_parts().1, Some(fault::SLOW_REQUEST));
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_begins_behind_the_answer() {
        let (mut stream, exchange, mut visitor) = connected().await;
        let mut buffer = [0; 64];
        visitor.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        exchange.note_head();
        sleep(WAITS.idle * 2).await;
        stream.write_all(b"an answer that was long in coming").await.unwrap();
        let paused = Instant::now();
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(paused.elapsed().as_secs(), WAITS.idle.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_while_attended_is_noticed_at_once() {
        let (mut stream, exchange, mut visitor) = connected().await;
        stream.flush().await.unwrap();
        let attended = Arc::clone(&exchange).attend();
        stream.flush().await.unwrap();
        visitor.write_all(b"GET").await.unwrap();
        let mut arrived = async || {
            let writable = std::future::poll_fn(|cx| Pin::new(&mut stream).poll_flush(cx));
            writable.await.is_ok() && stream.already_read.has_remaining()
        };
        while !arrived().await {
            tokio::task::yield_now().await;
        }
        drop(attended);
        let mut buffer = [0; 64];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 3, "it is for the next request");
        let _attended = exchange.attend();
        drop(visitor);
        while stream.flush().await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_let_go() {
        let (mut stream, _, _visitor) = connected().await;
        let started = Instant::now();
        let error = stream.write_all(&vec![7; 16 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= TAKING);
        assert_eq!(stream.into_parts().1, Some(fault::SLOW_READER));
    }

    #[tokio::test]
    async fn the_librarys_word_against_a_head_is_held_back() {
        let (mut stream, _, mut visitor) = connected().await;
        visitor.write_all(b"PROXY TCP4").await.unwrap();
        let mut buffer = [0; 64];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        let (stream, fault) = stream.into_parts();
        assert_eq!(fault, Some(fault::of_head(b"PROXY ")));
        drop(stream);
        assert_eq!(visitor.read(&mut buffer).await.unwrap(), 0, "nothing was written");
    }
}
