//! Where frames go.

/// The writing end of one client's transport.
pub trait Link: Send {
    /// Writes what the transport takes now; `Ok(0)` or `WouldBlock`: it takes nothing now.
    ///
    /// # Errors
    /// When the transport is gone.
    fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<usize>;
}
