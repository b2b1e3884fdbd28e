//! Requests to a room's thread, which looks at them once per tick, so that nobody waits for
//! anybody.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::sync::oneshot;

use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Concerned};

/// Something to do between two ticks, and who waits for whom it concerned.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) act: Act,
    pub(super) answer: oneshot::Sender<Vec<Concerned>>,
}

/// The requests to one room.
#[derive(Debug, Default)]
pub(super) struct Asks {
    describe: AtomicBool,
    close: OnceLock<CloseReason>,
}

impl Asks {
    /// Asks the room to describe itself and its players after its next tick.
    pub(super) fn describe(&self) {
        self.describe.store(true, Relaxed);
    }

    /// Whether `describe` was called since the last call.
    pub(super) fn take_describe(&self) -> bool {
        self.describe.swap(false, Relaxed)
    }

    /// Asks the room to end. A room that is already closing keeps its reason.
    pub(super) fn close(&self, reason: CloseReason) {
        let _ = self.close.set(reason);
    }

    /// Why the room must end, if it must.
    pub(super) fn closing(&self) -> Option<&CloseReason> {
        self.close.get()
    }
}
