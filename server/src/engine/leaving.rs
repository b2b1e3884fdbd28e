//! A client that has left the game and is still sent why.

use super::close::{CloseReason, close_frame};
use super::outbox::Outbox;

/// How long a closing client has to take its pending bytes, microseconds.
const FAREWELL_US_MAX: u64 = 1_000_000;

/// A client that has left the game and still has to take its close frame.
#[derive(Debug)]
pub struct Leaving {
    outbox: Outbox,
    until_us: u64,
}

impl Leaving {
    /// Puts the close frame behind the pending bytes.
    #[must_use]
    pub fn new(mut outbox: Outbox, reason: &CloseReason, now_us: u64) -> Self {
        outbox.push(&close_frame(reason));
        Self { outbox, until_us: now_us + FAREWELL_US_MAX }
    }

    /// Writes what the link takes. Returns `true` once there is nothing more to do.
    pub fn done(&mut self, now_us: u64) -> bool {
        self.outbox.flush().unwrap_or(true) || now_us >= self.until_us
    }
}
