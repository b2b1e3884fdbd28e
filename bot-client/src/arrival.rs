//! A TCP stream that reports when the bytes it read arrived.
//!
//! A swarm of thousands of bots reads a frame some time after the machine has received it. That
//! delay is the swarm's, so measurements of the server leave it out. On Linux the kernel reports
//! with each read when it received the last of the bytes (`SO_TIMESTAMPNS`); elsewhere it is the
//! time of the read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A stream that reports when the bytes it read last arrived.
#[derive(Debug)]
pub(crate) struct Stamped {
    stream: TcpStream,
    arrived: Instant,
    /// Buffer for the control message with the kernel's timestamp.
    #[cfg(target_os = "linux")]
    control: Vec<u8>,
}

impl Stamped {
    /// Makes the kernel timestamp incoming bytes.
    ///
    /// # Errors
    /// When the socket is gone.
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        nix::sys::socket::setsockopt(&stream, linux::ReceiveTimestampns, &true)?;
        Ok(Self {
            stream,
            arrived: Instant::now(),
            #[cfg(target_os = "linux")]
            control: nix::cmsg_space!(linux::TimeSpec),
        })
    }

    /// When the bytes read last arrived.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSliceMut};
    use std::os::fd::AsRawFd;
    use std::time::{Duration, SystemTime};

    pub(super) use nix::sys::socket::sockopt::ReceiveTimestampns;
    use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
    pub(super) use nix::sys::time::TimeSpec;
    use tokio::net::TcpStream;
    use tokio::time::Instant;

    /// Reads once. Returns the number of bytes and when the last of them arrived.
    pub(super) fn receive(
        stream: &TcpStream,
        into: &mut [u8],
        control: &mut [u8],
    ) -> io::Result<(usize, Instant)> {
        let mut parts = [IoSliceMut::new(into)];
        let flags = MsgFlags::empty();
        let message = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(control), flags)?;
        let stamp = message.cmsgs()?.find_map(|control| match control {
            ControlMessageOwned::ScmTimestampns(stamp) => Some(Duration::from(stamp)),
            _ => None,
        });
        // The kernel's timestamp is wall-clock time; only its age counts.
        let now = Instant::now();
        let age = stamp.and_then(|stamp| (SystemTime::UNIX_EPOCH + stamp).elapsed().ok());
        let arrived = now.checked_sub(age.unwrap_or_default()).unwrap_or(now);
        Ok((message.bytes, arrived))
    }
}

#[cfg(target_os = "linux")]
impl AsyncRead for Stamped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            std::task::ready!(this.stream.poll_read_ready(cx))?;
            let into = buf.initialize_unfilled();
            let mut received = None;
            let read = this.stream.try_io(tokio::io::Interest::READABLE, || {
                let (count, arrived) = linux::receive(&this.stream, into, &mut this.control)?;
                received = Some((count, arrived));
                // A read that does not fill the buffer has drained the socket. The error says so to
                // the runtime, and the next read waits instead of asking the kernel again.
                match count > 0 && count < into.len() {
                    true => Err(io::ErrorKind::WouldBlock.into()),
                    false => Ok(()),
                }
            });
            if let Some((count, arrived)) = received {
                buf.advance(count);
                this.arrived = arrived;
                return Poll::Ready(Ok(()));
            }
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl AsyncRead for Stamped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.arrived = Instant::now();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stamped {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Both ends of a connection, the first one stamped.
    async fn pair() -> (Stamped, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reading = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (writing, _) = listener.accept().await.unwrap();
        writing.set_nodelay(true).unwrap();
        (Stamped::new(reading).unwrap(), writing)
    }

    #[tokio::test]
    async fn bytes_arrive_when_the_kernel_has_them_whenever_they_are_read() {
        let (mut reading, mut writing) = pair().await;
        let mut buffer = [0; 64];
        let mut after_they_were_sent = 0;
        let (mut rounds, mut stamps) = (0..=u8::MAX, false);
        while after_they_were_sent <= 50 {
            let round = rounds.next().unwrap_or_else(|| panic!("{after_they_were_sent} in time"));
            let sent = Instant::now();
            writing.write_all(&[round; 7]).await.unwrap();
            reading.stream.readable().await.unwrap();
            let ready = Instant::now();
            assert_eq!(reading.read(&mut buffer).await.unwrap(), 7);
            assert_eq!(buffer[0], round);
            // The kernel begins to stamp some time after the first socket of the machine asks for
            // it (`net_enable_timestamp` leaves that to a work queue); until then it takes the time
            // of the read.
            stamps |= reading.arrived() <= ready;
            if !stamps {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            assert!(reading.arrived() <= ready, "they were there before they were read");
            // One thread reads two clocks: if it has to wait between the readings, the bytes look
            // older than they are.
            after_they_were_sent += u32::from(reading.arrived() >= sent);
        }
    }

    #[tokio::test]
    async fn what_is_longer_than_a_read_comes_whole_and_the_end_is_seen() {
        let (mut reading, mut writing) = pair().await;
        let sent = (0..10_000).map(|byte| byte as u8).collect::<Vec<_>>();
        let writes = async {
            writing.write_all(&sent).await.unwrap();
            writing.shutdown().await.unwrap();
        };
        let mut received = Vec::new();
        let (read, ()) = tokio::join!(reading.read_to_end(&mut received), writes);
        assert_eq!(read.unwrap(), sent.len());
        assert_eq!(received, sent);
    }
}
