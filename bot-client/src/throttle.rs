//! A stream whose reads can be slowed down.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Time between two reads of a slowed stream.
const PERIOD: Duration = Duration::from_millis(100);

/// A stream whose reads can be limited. Writes pass unchanged.
#[derive(Debug)]
pub(crate) struct Throttled<S> {
    stream: S,
    limit: Option<Limit>,
}

#[derive(Debug)]
struct Limit {
    bytes_per_period: usize,
    next: Pin<Box<Sleep>>,
}

impl<S> Throttled<S> {
    /// Wraps a stream, without a limit at first.
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, limit: None }
    }

    /// The stream beneath.
    pub(crate) fn stream(&self) -> &S {
        &self.stream
    }

    /// Limits reads to `bytes_per_s` from now on.
    pub(crate) fn slow_down(&mut self, bytes_per_s: usize) {
        let periods_per_s = (1_000 / PERIOD.as_millis()) as usize;
        self.limit = Some(Limit {
            bytes_per_period: (bytes_per_s / periods_per_s).max(1),
            next: Box::pin(sleep(PERIOD)),
        });
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Throttled<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let Some(limit) = &mut this.limit else {
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        };
        ready!(limit.next.as_mut().poll(cx));
        let mut part =
            ReadBuf::new(buf.initialize_unfilled_to(limit.bytes_per_period.min(buf.remaining())));
        ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        buf.advance(read);
        limit.next.as_mut().reset(Instant::now() + PERIOD);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Throttled<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn a_slowed_stream_reads_in_small_parts() {
        let mut stream = Throttled::new(&[7; 1_000][..]);
        let mut buffer = [0; 600];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 600);
        stream.slow_down(1_000);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 100);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 100);
    }
}
