//! How a connection leaves its room without being closed.

use std::fmt;

use tokio::sync::oneshot;

use super::outbox::Outbox;

/// The promise to give a connection back, with what its link has not taken yet. If it is dropped, the
/// connection is gone.
pub struct HandOver(oneshot::Sender<Outbox>);

impl HandOver {
    /// A promise, and where the connection comes back.
    #[must_use]
    pub fn new() -> (Self, oneshot::Receiver<Outbox>) {
        let (promise, given) = oneshot::channel();
        (Self(promise), given)
    }

    /// Gives the connection back. If nobody waits for it any more, that closes it.
    pub fn give(self, outbox: Outbox) {
        drop(self.0.send(outbox));
    }
}

impl fmt::Debug for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOver")
    }
}

impl PartialEq for HandOver {
    /// Each is another.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}
