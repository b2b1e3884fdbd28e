//! A stream that may fail or stall without making anybody wait.
//!
//! Lines wait in a bounded queue for a thread that writes them. Whoever logs never touches the
//! stream: a line that finds no space in the queue, or that the stream refuses, is lost and
//! counted.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Limit of waiting lines, bytes.
pub const WAITING_BYTES_MAX: usize = 1 << 20;
/// Pause before another try on a non-blocking stream.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// The queue of lines for one stream.
#[derive(Debug, Default)]
pub struct Sink {
    waiting: Mutex<Waiting>,
    /// Notified when a line waits, or when all lines have been dealt with.
    changed: Condvar,
    lines_lost: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Whether a line has been taken from the queue and not been written yet.
    writing: bool,
}

impl Sink {
    /// Creates a sink without lines and without a thread that writes.
    #[must_use]
    pub const fn new() -> Self {
        let waiting = Waiting { lines: VecDeque::new(), bytes: 0, writing: false };
        Self {
            waiting: Mutex::new(waiting),
            changed: Condvar::new(),
            lines_lost: AtomicU64::new(0),
        }
    }

    /// Starts the thread `name`, which writes to `stream` for as long as the process lives. The
    /// thread calls `lines_lost` with the number of lost lines when the stream takes lines again.
    ///
    /// # Errors
    /// When the system refuses more threads.
    pub fn start(
        &'static self,
        name: &str,
        stream: impl Write + Send + 'static,
        lines_lost: impl Fn(u64) + Send + 'static,
    ) -> io::Result<()> {
        let writing = move || self.write_lines(stream, lines_lost);
        thread::Builder::new().name(name.to_owned()).spawn(writing)?;
        Ok(())
    }

    /// Queues a line, which ends with its line break. Never waits for the stream.
    pub fn push(&self, line: &[u8]) {
        // Before taking the lock, which everybody who logs shares.
        let line = line.to_vec();
        let mut waiting = self.lock();
        if waiting.bytes + line.len() > WAITING_BYTES_MAX {
            self.lines_lost.fetch_add(1, Relaxed);
            return;
        }
        waiting.bytes += line.len();
        waiting.lines.push_back(line);
        drop(waiting);
        self.changed.notify_all();
    }

    /// Lines that never reached the stream.
    pub fn lines_lost(&self) -> u64 {
        self.lines_lost.load(Relaxed)
    }

    /// Waits until all lines have been dealt with, up to `limit`.
    pub fn flush(&self, limit: Duration) {
        let unfinished = |waiting: &mut Waiting| waiting.writing || !waiting.lines.is_empty();
        drop(self.changed.wait_timeout_while(self.lock(), limit, unfinished));
    }

    /// Ignores poisoning: the data is valid after each statement.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_lines(&self, stream: impl Write, lines_lost: impl Fn(u64)) {
        let mut stream = Stream { inner: stream, torn: false };
        let mut reported = 0;
        loop {
            let line = self.take();
            if stream.write_line(&line).is_err() {
                self.lines_lost.fetch_add(1, Relaxed);
                continue;
            }
            let lost = self.lines_lost();
            // Leaves space for the report itself, too.
            if lost > reported && self.lock().bytes < WAITING_BYTES_MAX / 2 {
                lines_lost(lost - reported);
                reported = lost;
            }
        }
    }

    /// Waits for a line; the previous one has been dealt with.
    fn take(&self) -> Vec<u8> {
        let mut waiting = self.lock();
        waiting.writing = false;
        self.changed.notify_all();
        loop {
            if let Some(line) = waiting.lines.pop_front() {
                waiting.bytes -= line.len();
                waiting.writing = true;
                return line;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The stream, and whether its last line was written only in part.
struct Stream<W> {
    inner: W,
    torn: bool,
}

impl<W: Write> Stream<W> {
    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.torn {
            self.write(b"\n")?;
        }
        self.write(line)
    }

    fn write(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            match patiently(|| self.inner.write(rest))? {
                0 => return Err(ErrorKind::WriteZero.into()),
                written => rest = &rest[written..],
            }
            self.torn = !rest.is_empty();
        }
        patiently(|| self.inner.flush())
    }
}

/// Retries for as long as the stream would block.
fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY_PAUSE),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// Longer than any machine takes: this does not measure speed.
    const LIMIT: Duration = Duration::from_secs(30);

    /// A stream that waits before each write for the next scripted answer.
    struct Script {
        answers: Receiver<io::Result<usize>>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Without further answers it takes everything.
            let count = self.answers.recv().unwrap_or(Ok(usize::MAX))?.min(bytes.len());
            self.taken.lock().unwrap().extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Rig {
        sink: &'static Sink,
        answers: SyncSender<io::Result<usize>>,
        taken: Arc<Mutex<Vec<u8>>>,
        reported: Arc<AtomicU64>,
    }

    impl Rig {
        fn new() -> Self {
            let (answers, answered) = sync_channel(16);
            let (taken, reported) = (Arc::default(), Arc::default());
            let sink: &'static Sink = Box::leak(Box::default());
            let script = Script { answers: answered, taken: Arc::clone(&taken) };
            let counted: Arc<AtomicU64> = Arc::clone(&reported);
            let count = move |lost| {
                counted.fetch_add(lost, Relaxed);
            };
            sink.start("sink", script, count).unwrap();
            Self { sink, answers, taken, reported }
        }

        /// Lets the stream take everything, and returns what it has taken.
        fn finish(self) -> Vec<u8> {
            drop(self.answers);
            self.sink.flush(LIMIT);
            assert_eq!(self.reported.load(Relaxed), self.sink.lines_lost());
            std::mem::take(&mut *self.taken.lock().unwrap())
        }
    }

    #[test]
    fn a_refused_line_is_lost_and_spoils_no_other() {
        let rig = Rig::new();
        for line in ["one\n", "two\n", "three\n", "four\n"] {
            rig.sink.push(line.as_bytes());
        }
        let no_space = || Err(ErrorKind::StorageFull.into());
        let later = || Err(ErrorKind::WouldBlock.into());
        let again = || Err(ErrorKind::Interrupted.into());
        for answer in [again(), Ok(2), later(), Ok(9), no_space(), Ok(3), no_space(), Ok(9)] {
            rig.answers.send(answer).unwrap();
        }
        let sink = rig.sink;
        assert_eq!(String::from_utf8(rig.finish()).unwrap(), "one\nthr\nfour\n");
        assert_eq!(sink.lines_lost(), 2);
    }

    #[test]
    fn nobody_waits_for_a_stream_that_stalls() {
        let rig = Rig::new();
        let line = [b'x'; WAITING_BYTES_MAX / 8];
        for _ in 0..100 {
            rig.sink.push(&line);
        }
        rig.sink.flush(Duration::from_millis(1));
        let sink = rig.sink;
        let lost = sink.lines_lost();
        // One may already be with the writer.
        assert!((91..=92).contains(&lost), "{lost}");
        assert_eq!(rig.finish().len(), (100 - lost as usize) * line.len());
        sink.push(&[b'x'; WAITING_BYTES_MAX + 1]);
        assert_eq!(sink.lines_lost(), lost + 1, "no line is longer than the queue");
    }
}
