//! The way out to one client.

use std::io;

/// A non-blocking byte stream to one client. Dropping it closes the stream.
pub trait Link: Send {
    /// Hands over what the transport takes now, and says how many bytes that was.
    ///
    /// # Errors
    /// `WouldBlock` when it takes nothing now; anything else means that the client is gone.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;
}
