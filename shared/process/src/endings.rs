//! Signals that ask a program to end.
//!
//! A separate thread waits for them from the start: whatever the other threads are doing, the
//! second signal ends the process.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::watch;

/// Time after which a further signal counts as impatience. One Ctrl-C often arrives twice, within
/// milliseconds: from the terminal to the whole group, and from a runner that passes it on.
const ONE_WISH: Duration = Duration::from_secs(1);
/// Exit code of a program that a further signal ended at once, as shells report it for Ctrl-C.
pub const AT_ONCE: u8 = 130;

/// Whether this process was asked to end.
///
/// The request is SIGINT, SIGTERM, SIGQUIT, or SIGHUP unless the process was started with that
/// ignored (`nohup`); on Windows it is Ctrl-C, Ctrl-Break, or the end of the console, the session
/// or the system.
#[derive(Clone, Debug)]
pub struct Endings(watch::Receiver<bool>);

impl Endings {
    /// Starts to wait for signals. A further one, a second or more after the first, calls
    /// `at_once`.
    ///
    /// # Errors
    /// When the system refuses a thread or a descriptor.
    pub fn listen(at_once: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let mut signals = {
            let _context = runtime.enter();
            Signals::new()?
        };
        let (asked, follow) = watch::channel(false);
        let wait = async move {
            signals.next().await;
            let first = Instant::now();
            asked.send_replace(true);
            loop {
                signals.next().await;
                if first.elapsed() >= ONE_WISH {
                    return at_once();
                }
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(wait))?;
        Ok(Self(follow))
    }

    /// A value that turns true with the first signal.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.0.clone()
    }

    /// Returns after the first signal. Can be awaited again.
    pub async fn asked(&self) {
        // The sender lives as long as the thread, which only a signal ends.
        let _ = self.0.clone().wait_for(|asked| *asked).await;
    }
}

#[cfg(unix)]
use unix::Signals;
#[cfg(windows)]
use windows::Signals;

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::future::poll_fn;
    use std::io;
    use std::task::Poll;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals(Vec<Signal>);

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            // A file at the limit on file sizes (ulimit -f), as a log may be, loses lines instead
            // of ending the process. The handler remains when this value is dropped.
            drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?);
            let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
            kinds.push(SignalKind::quit());
            if !hangup_is_ignored() {
                kinds.push(SignalKind::hangup());
            }
            kinds.into_iter().map(signal).collect::<io::Result<_>>().map(Self)
        }

        pub(super) async fn next(&mut self) {
            poll_fn(|context| {
                // All are polled, so that several at once count as one.
                let ready = |signal: &mut Signal| signal.poll_recv(context).is_ready();
                match self.0.iter_mut().map(ready).filter(|ready| *ready).count() {
                    0 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            })
            .await;
        }
    }

    /// Whether the process was started to outlive its terminal. Only Linux says so.
    ///
    /// The other signals are never left ignored: a shell without job control starts everything in
    /// the background with SIGINT and SIGQUIT ignored.
    fn hangup_is_ignored() -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        is_ignored(&status, SignalKind::hangup().as_raw_value())
    }

    /// Whether the text of `/proc/self/status` says that a signal is ignored: it holds a mask of
    /// ignored signals, in hexadecimal.
    fn is_ignored(status: &str, signal: i32) -> bool {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        mask >> (signal - 1) & 1 == 1
    }

    #[test]
    fn ignored_signals_are_read_off_the_mask() {
        let status = "Name:\tdrumbeat\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert!(is_ignored(status, 1) && is_ignored(status, 13));
        assert!(!is_ignored(status, 2) && !is_ignored("", 1));
    }
}

#[cfg(windows)]
mod windows {
    use std::io;

    use tokio::signal::windows as signal;

    pub(super) struct Signals {
        c: signal::CtrlC,
        pause: signal::CtrlBreak,
        close: signal::CtrlClose,
        logoff: signal::CtrlLogoff,
        shutdown: signal::CtrlShutdown,
    }

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self {
                c: signal::ctrl_c()?,
                pause: signal::ctrl_break()?,
                close: signal::ctrl_close()?,
                logoff: signal::ctrl_logoff()?,
                shutdown: signal::ctrl_shutdown()?,
            })
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.c.recv() => {}
                _ = self.pause.recv() => {}
                _ = self.close.recv() => {}
                _ = self.logoff.recv() => {}
                _ = self.shutdown.recv() => {}
            }
        }
    }
}
