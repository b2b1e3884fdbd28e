//! How far a client has read.

/// How far a client has read a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The last edit that it has read.
    pub(super) seen: u64,
    /// The last edit of a time when it had read all; 0 before. What changed since then can be
    /// patched: the client has what was there at that time.
    pub(super) whole: u64,
    /// The last edit when it started, with nothing.
    pub(super) base: u64,
    pub(super) group: u16,
    /// The last edit at which it was sent a checksum of the whole.
    pub(super) checked: Option<u64>,
    /// That checksum.
    pub(super) checksum: u32,
    /// Whether it must start again.
    pub(super) restarts: bool,
    /// Whether the client holds no copy, so that nothing can be patched.
    pub(super) passes_on: bool,
}

impl Reading {
    /// That of a client that starts with nothing when it reads next.
    #[must_use]
    pub fn anew() -> Self {
        Self { restarts: true, ..Self::default() }
    }

    /// That of a client that starts when it reads next, and holds nothing of what it reads.
    #[must_use]
    pub fn without_copy() -> Self {
        Self { passes_on: true, ..Self::anew() }
    }

    /// Makes a client that had all start again, with nothing. One that is still reading goes on.
    pub fn restart(&mut self) {
        self.restarts |= self.checked.is_some();
    }

    /// Whether the client was last sent this checksum.
    #[must_use]
    pub fn was_sent(&self, checksum: u32) -> bool {
        self.checked.is_some() && self.checksum == checksum
    }
}
