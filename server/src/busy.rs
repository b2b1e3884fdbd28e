//! Which threads are making frames, and how the reading threads give way to them.
//!
//! Inputs wait for their tick anyway. A reader that wakes while a room on its core makes frames
//! only delays the frames, most of all those of the clients served last.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Threads of this process that are making frames. One count per process, however many servers run
/// in it: the cores belong to the process, too.
static BUSY: AtomicUsize = AtomicUsize::new(0);

/// How long a reading thread with nothing left to do rests before it waits for more, so that it
/// reads whatever arrives meanwhile in one go. A fiftieth of a tick at 20 Hz.
const REST: Duration = Duration::from_millis(1);
/// Time between two checks whether it still has to give way.
const LOOK: Duration = Duration::from_micros(500);
/// Limit of those checks in a row: 30 ms, so that rooms which never pause do not keep a thread from
/// reading.
const LOOKS_MAX: u32 = 60;

/// Held by a thread while it makes frames.
#[derive(Debug)]
pub(crate) struct Busy(());

impl Busy {
    /// Marks the calling thread as making frames.
    #[must_use]
    pub(crate) fn begin() -> Self {
        BUSY.fetch_add(1, Relaxed);
        Self(())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Relaxed);
    }
}

/// Rests a reading thread on a machine with `cores` cores. It rests for a millisecond, and longer
/// only while every core is making frames.
pub(crate) fn rest(cores: usize) {
    std::thread::sleep(REST);
    for _ in 0..LOOKS_MAX {
        if BUSY.load(Relaxed) < cores {
            return;
        }
        std::thread::sleep(LOOK);
    }
}
