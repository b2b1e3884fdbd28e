//! How a connection leaves its room without being closed.

use std::fmt;

use tokio::sync::oneshot;

use super::conduct::Conduct;
use super::outbox::Outbox;

/// What a connection takes along from its room.
#[derive(Debug)]
pub struct Given<I> {
    /// What is written to it, with what its link has not taken yet.
    pub outbox: Outbox,
    /// What is remembered of the person behind it, as of tick 0.
    pub conduct: Box<Conduct<I>>,
}

/// The promise to give a connection back. If it is dropped, the connection is gone.
pub struct HandOver<I>(oneshot::Sender<Given<I>>);

impl<I> HandOver<I> {
    /// A promise, and where the connection comes back.
    #[must_use]
    pub fn new() -> (Self, oneshot::Receiver<Given<I>>) {
        let (promise, given) = oneshot::channel();
        (Self(promise), given)
    }

    /// Gives the connection back. If nobody waits for it any more, that closes it.
    pub fn give(self, given: Given<I>) {
        drop(self.0.send(given));
    }
}

impl<I> fmt::Debug for HandOver<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOver")
    }
}

impl<I> PartialEq for HandOver<I> {
    /// Each is another.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}
