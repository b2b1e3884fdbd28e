//! Tickets that are valid once: which have been used.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::refused::Refused;

/// Limit of used tickets that are remembered, each until it expires: about 10 MB. With tickets of a
/// minute, a thousand may be used per second.
const USED_MAX: usize = 65_536;

/// One use of a ticket, by a hash of who made the ticket and of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Use([u8; 32]);

impl Use {
    pub(super) fn of(issuer: Option<&str>, id: &str) -> Self {
        let mut hash = Sha256::new();
        let issuer = issuer.unwrap_or_default();
        hash.update((issuer.len() as u64).to_le_bytes());
        hash.update(issuer);
        hash.update(id);
        Self(hash.finalize().into())
    }
}

/// The tickets that have been used and have not expired yet.
#[derive(Debug)]
pub(super) struct Once {
    used_max: usize,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    expires_s: HashMap<Use, u64>,
    by_expiry: BTreeSet<(u64, Use)>,
    /// The last expiry of all that have been forgotten.
    forgotten_s: u64,
}

impl Default for Once {
    fn default() -> Self {
        Self::with_limit(USED_MAX)
    }
}

impl Once {
    pub(super) fn with_limit(used_max: usize) -> Self {
        Self { used_max, used: Mutex::default() }
    }

    /// Uses a ticket that expires then. Of several at the same time, one gets it.
    pub(super) fn take(&self, once: Use, expires_s: u64, now_s: u64) -> Result<(), Refused> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.forget(now_s);
        if used.expires_s.contains_key(&once) {
            return Err(Refused::Used);
        }
        // If the clock was set back, a ticket that seems valid may be one of those forgotten.
        if expires_s <= used.forgotten_s {
            return Err(Refused::Expired);
        }
        if used.expires_s.len() >= self.used_max {
            return Err(Refused::MemoryFull);
        }
        used.expires_s.insert(once, expires_s);
        used.by_expiry.insert((expires_s, once));
        Ok(())
    }

    /// Makes a used ticket unused.
    pub(super) fn give_back(&self, once: Use) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expires_s) = used.expires_s.remove(&once) {
            used.by_expiry.remove(&(expires_s, once));
        }
    }
}

impl Used {
    /// Forgets those that have expired.
    fn forget(&mut self, now_s: u64) {
        while let Some((expires_s, once)) = self.by_expiry.first().copied()
            && expires_s <= now_s
        {
            self.by_expiry.pop_first();
            self.expires_s.remove(&once);
            self.forgotten_s = self.forgotten_s.max(expires_s);
        }
    }
}
