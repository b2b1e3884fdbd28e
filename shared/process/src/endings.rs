//! Signals that ask a program to end.
//!
//! A separate thread waits for them from the start: whatever the other threads are doing, the
//! second signal ends the process.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
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
pub struct Endings {
    asked: watch::Receiver<bool>,
    asker: Arc<OnceLock<Asker>>,
    hurries: watch::Receiver<u64>,
    /// Whether a further signal asks for something else than the end at once.
    takes_hurries: Arc<AtomicBool>,
    hangups: watch::Receiver<u64>,
    /// Whether SIGHUP asks for something else.
    takes_hangups: Arc<AtomicBool>,
}

/// Who asks for the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A person at a terminal: Ctrl-C, or the end of the terminal.
    Person,
    /// A service manager, by SIGTERM.
    Manager,
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// The end.
    End(Asker),
    /// The end, or what a program does instead on SIGHUP.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no such signal"))]
    Hangup,
}

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
        let (ask, asked) = watch::channel(false);
        let asker = Arc::new(OnceLock::new());
        let first = Arc::clone(&asker);
        let (hurry, hurries) = watch::channel(0);
        let takes_hurries = Arc::new(AtomicBool::new(false));
        let hurried = Arc::clone(&takes_hurries);
        let (hang_up, hangups) = watch::channel(0);
        let takes_hangups = Arc::new(AtomicBool::new(false));
        let taken = Arc::clone(&takes_hangups);
        let mut end = async move || loop {
            match signals.next().await {
                Wish::End(asker) => return asker,
                Wish::Hangup if taken.load(Relaxed) => {
                    hang_up.send_modify(|hangups| *hangups += 1);
                }
                Wish::Hangup => return Asker::Person,
            }
        };
        let wait = async move {
            let _ = first.set(end().await);
            ask.send_replace(true);
            let mut last = Instant::now();
            loop {
                end().await;
                if last.elapsed() < ONE_WISH {
                    continue;
                }
                if !hurried.load(Relaxed) {
                    return at_once();
                }
                last = Instant::now();
                hurry.send_modify(|hurries| *hurries += 1);
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(wait))?;
        Ok(Self { asked, asker, hurries, takes_hurries, hangups, takes_hangups })
    }

    /// From now on SIGHUP is no request to end: it changes the value that this returns.
    #[must_use]
    pub fn take_hangups(&self) -> watch::Receiver<u64> {
        self.takes_hangups.store(true, Relaxed);
        self.hangups.clone()
    }

    /// A value that turns true with the first signal.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.asked.clone()
    }

    /// Returns after the first signal. Can be awaited again.
    pub async fn asked(&self) {
        // The sender lives as long as the thread, which only a signal ends.
        let _ = self.asked.clone().wait_for(|asked| *asked).await;
    }

    /// Who sent the first signal; `None` before there was one.
    #[must_use]
    pub fn asker(&self) -> Option<Asker> {
        self.asker.get().copied()
    }

    /// Returns after a further signal, a second or more after the one before. While this is awaited,
    /// such a signal does nothing else.
    pub async fn hurried(&self) {
        struct Taken<'a>(&'a AtomicBool);
        impl Drop for Taken<'_> {
            fn drop(&mut self) {
                self.0.store(false, Relaxed);
            }
        }
        let mut hurries = self.hurries.clone();
        hurries.mark_unchanged();
        self.takes_hurries.store(true, Relaxed);
        let _taken = Taken(&self.takes_hurries);
        let _ = hurries.changed().await;
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

    use super::{Asker, Wish};

    pub(super) struct Signals(Vec<(Wish, Signal)>);

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            // A file at the limit on file sizes (ulimit -f), as a log may be, loses lines instead
            // of ending the process. The handler remains when this value is dropped.
            drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?);
            let mut kinds = vec![
                (Wish::End(Asker::Person), SignalKind::interrupt()),
                (Wish::End(Asker::Manager), SignalKind::terminate()),
                (Wish::End(Asker::Person), SignalKind::quit()),
            ];
            if !hangup_is_ignored() {
                kinds.push((Wish::Hangup, SignalKind::hangup()));
            }
            let listen = |(wish, kind)| Ok((wish, signal(kind)?));
            kinds.into_iter().map(listen).collect::<io::Result<_>>().map(Self)
        }

        pub(super) async fn next(&mut self) -> Wish {
            poll_fn(|context| {
                // All are polled, so that several at once count as one: as the first of them, which
                // asks for the end if any does.
                let mut ready = None;
                for (wish, signal) in &mut self.0 {
                    if signal.poll_recv(context).is_ready() {
                        ready = ready.or(Some(*wish));
                    }
                }
                ready.map_or(Poll::Pending, Poll::Ready)
            })
            .await
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

    use super::{Asker, Wish};

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

        pub(super) async fn next(&mut self) -> Wish {
            tokio::select! {
                _ = self.c.recv() => {}
                _ = self.pause.recv() => {}
                _ = self.close.recv() => {}
                _ = self.logoff.recv() => {}
                _ = self.shutdown.recv() => {}
            }
            Wish::End(Asker::Person)
        }
    }
}
