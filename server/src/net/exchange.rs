//! What the handlers of a connection's requests and its socket let each other know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Shared by the socket and, in their extensions, the requests of one connection.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    heads: AtomicUsize,
    is_attended: AtomicBool,
}

/// For as long as this lives, a client that ends its half has left: its answer may take long, and
/// holds what others lack.
#[derive(Debug)]
pub(crate) struct Attended(Arc<Exchange>);

impl Exchange {
    /// Notes that a head was read completely.
    pub(crate) fn note_head(&self) {
        self.heads.fetch_add(1, Relaxed);
    }

    /// Heads that were read completely.
    pub(crate) fn heads(&self) -> usize {
        self.heads.load(Relaxed)
    }

    /// From now on a client must hold its half open to get its answer.
    pub(crate) fn attend(self: Arc<Self>) -> Attended {
        self.is_attended.store(true, Relaxed);
        Attended(self)
    }

    /// Whether a client must hold its half open.
    pub(crate) fn is_attended(&self) -> bool {
        self.is_attended.load(Relaxed)
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        self.0.is_attended.store(false, Relaxed);
    }
}
