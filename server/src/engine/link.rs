//! The transport of one client, as the engine sees it.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what a client takes of what is passed on to it in another form than it was written in.
#[derive(Debug, Default)]
pub struct PassedOn(AtomicU64);

impl PassedOn {
    /// Notes bytes that the client has taken.
    pub fn note(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The bytes since the last call.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// A non-blocking byte stream to one client. Dropping it closes the stream. Whoever gave it to a room
/// knows its type, and gets it back as that.
pub trait Link: Any + Send {
    /// Writes what the transport takes now and returns the number of bytes.
    ///
    /// # Errors
    /// `WouldBlock` when it takes nothing now; any other error means that the client is gone.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Encrypts these bytes to the end of `sealed` and returns `true`, if what is written to this
    /// transport must be encrypted. It is written in the order in which it was sealed.
    ///
    /// # Errors
    /// When nothing can be sent any more.
    fn seal(&mut self, _bytes: &[u8], _sealed: &mut Vec<u8>) -> io::Result<bool> {
        Ok(false)
    }

    /// What counts as taken by the client, if that is not what is written here: this transport then
    /// passes it on in another form.
    fn passed_on(&self) -> Option<Arc<PassedOn>> {
        None
    }
}

/// The link of a player without a connection: what is written to it is lost.
#[derive(Debug)]
pub struct NoLink;

impl Link for NoLink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}
