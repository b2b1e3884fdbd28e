//! What others want of a room's thread: looked at once a tick, so that nobody waits for anybody.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::engine::close::CloseReason;

/// What is asked of one room.
#[derive(Debug, Default)]
pub(super) struct Asks {
    describe: AtomicBool,
    close: OnceLock<CloseReason>,
}

impl Asks {
    /// The room is to describe itself and its players after its next tick.
    pub(super) fn describe(&self) {
        self.describe.store(true, Relaxed);
    }

    /// Whether it has been asked to since this was last called.
    pub(super) fn take_describe(&self) -> bool {
        self.describe.swap(false, Relaxed)
    }

    /// The room is to end. One that is closing already keeps its reason.
    pub(super) fn close(&self, reason: CloseReason) {
        let _ = self.close.set(reason);
    }

    /// Why it is to end, if it is.
    pub(super) fn closing(&self) -> Option<&CloseReason> {
        self.close.get()
    }
}
