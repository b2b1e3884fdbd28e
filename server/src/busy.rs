//! Which threads make frames at this moment, and how those that read give way to them.
//!
//! Inputs wait for their tick anyway. A reader that wakes while a room on its core makes frames
//! only delays the frames, of those clients most that are served last.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Threads of this process that make frames: cores are the process's, too, however many servers
/// run in it.
static BUSY: AtomicUsize = AtomicUsize::new(0);

/// How long a reading thread with nothing left to do rests before it waits for more: what comes
/// meanwhile is read in one go. A fiftieth of a tick at 20 Hz.
const REST: Duration = Duration::from_millis(1);
/// How often it looks again whether it still has to give way.
const LOOK: Duration = Duration::from_micros(500);
/// Looks at most: 30 ms, so that rooms which never pause do not keep it from reading.
const LOOKS_MAX: u32 = 60;

/// Held by a thread while it makes frames.
#[derive(Debug)]
pub struct Busy(());

impl Busy {
    /// This thread begins.
    #[must_use]
    pub fn begin() -> Self {
        BUSY.fetch_add(1, Relaxed);
        Self(())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Relaxed);
    }
}

/// The rest of a reading thread, on a machine of this many cores: a millisecond, and longer only
/// while each of them has frames to make.
pub fn rest(cores: usize) {
    std::thread::sleep(REST);
    for _ in 0..LOOKS_MAX {
        if BUSY.load(Relaxed) < cores {
            return;
        }
        std::thread::sleep(LOOK);
    }
}
