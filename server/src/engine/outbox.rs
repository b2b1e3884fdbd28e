//! The one owner of what is written to a client: at most one frame, and the rest of it that the
//! transport has not taken yet.

use std::io;

use super::link::Link;

/// Bytes kept free in front of a payload for the header that [`Outbox::send`] writes there.
pub const HEADER_BYTES_MAX: usize = 10;

/// Memory kept for what the transport does not take at once, bytes.
const PENDING_BYTES_KEPT: usize = 1_024;

/// A client's link, with what could not be handed to it yet.
pub struct Outbox {
    link: Box<dyn Link>,
    pending: Vec<u8>,
    /// Bytes the link has taken and nobody has counted yet.
    handed: u64,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("pending_bytes", &self.pending.len()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// An outbox that writes to `link`.
    #[must_use]
    pub fn new(link: Box<dyn Link>) -> Self {
        Self { link, pending: Vec::new(), handed: 0 }
    }

    /// Hands over what is left of before. `true` when nothing is left.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn flush(&mut self) -> io::Result<bool> {
        if !self.pending.is_empty() {
            let taken = write(self.link.as_mut(), &self.pending)?;
            self.handed += taken as u64;
            self.pending.drain(..taken);
            if self.pending.is_empty() {
                self.pending.shrink_to(PENDING_BYTES_KEPT);
            }
        }
        Ok(self.pending.is_empty())
    }

    /// Puts whole WebSocket frames behind what is left.
    pub fn push(&mut self, frames: &[u8]) {
        self.pending.extend_from_slice(frames);
    }

    /// Sends a payload as one binary message. `message` starts with [`HEADER_BYTES_MAX`] bytes of
    /// any content.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn send(&mut self, message: &mut [u8]) -> io::Result<()> {
        let frame = put_header(message);
        if self.flush()? {
            let taken = write(self.link.as_mut(), frame)?;
            self.handed += taken as u64;
            self.pending.extend_from_slice(&frame[taken..]);
        } else {
            self.pending.extend_from_slice(frame);
        }
        Ok(())
    }

    /// Bytes that the transport has taken since this was last asked.
    pub fn take_handed(&mut self) -> u64 {
        std::mem::take(&mut self.handed)
    }

    /// Bytes that the transport has not taken yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.pending.len()
    }
}

fn write(link: &mut dyn Link, bytes: &[u8]) -> io::Result<usize> {
    match link.try_write(bytes) {
        Ok(taken) => Ok(taken),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        Err(error) => Err(error),
    }
}

/// Writes the header of an unmasked, final, binary frame right before the payload (RFC 6455,
/// section 5.2), and returns header and payload.
fn put_header(message: &mut [u8]) -> &[u8] {
    const FINAL_BINARY: u8 = 0x82;
    let payload_bytes = message.len() - HEADER_BYTES_MAX;
    let (start, length) = match payload_bytes {
        0..=125 => (8, payload_bytes as u8),
        126..=0xffff => {
            message[8..10].copy_from_slice(&(payload_bytes as u16).to_be_bytes());
            (6, 126)
        }
        _ => {
            message[2..10].copy_from_slice(&(payload_bytes as u64).to_be_bytes());
            (0, 127)
        }
    };
    message[start] = FINAL_BINARY;
    message[start + 1] = length;
    &message[start..]
}
