//! What a room writes for a text client: whole frames, of which at most one lot waits here.

use std::io::{self, ErrorKind};
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::engine::link::{Link, PassedOn};

/// The first byte of a close frame.
const FINAL_CLOSE: u8 = 0x88;

#[derive(Debug, Default)]
struct Held {
    frames: Vec<u8>,
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Shared {
    held: Mutex<Held>,
    changed: Notify,
    passed_on: Arc<PassedOn>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The room's end. It takes nothing while something waits, so that the room skips ticks for a slow
/// client as it does where the socket is its link.
#[derive(Debug)]
pub(super) struct Slot(Arc<Shared>);

/// The connection's end.
#[derive(Debug)]
pub(super) struct Frames(Arc<Shared>);

/// A new link, and where its frames come out.
pub(super) fn link() -> (Slot, Frames) {
    let shared = Arc::<Shared>::default();
    (Slot(Arc::clone(&shared)), Frames(shared))
}

impl Frames {
    /// The frames that wait, once there are any; `None` once the room has dropped the client. Cancelling
    /// this loses nothing.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            {
                let mut held = self.0.lock();
                if !held.frames.is_empty() {
                    return Some(take(&mut held.frames));
                }
                if held.is_closed {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }

    /// Notes bytes of text that the client has taken.
    pub(super) fn note_taken(&self, bytes: usize) {
        self.0.passed_on.note(bytes);
    }
}

impl Link for Slot {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock();
        // The reason of the end is the last that is written, and the link is dropped behind it.
        if !held.frames.is_empty() && bytes.first() != Some(&FINAL_CLOSE) {
            return Err(ErrorKind::WouldBlock.into());
        }
        held.frames.extend_from_slice(bytes);
        drop(held);
        self.0.changed.notify_one();
        Ok(bytes.len())
    }

    fn passed_on(&self) -> Option<Arc<PassedOn>> {
        Some(Arc::clone(&self.0.passed_on))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_lot_waits_and_the_reason_of_the_end_comes_behind_it() {
        let (mut slot, mut frames) = link();
        assert_eq!(slot.try_write(&[0x82, 0]).unwrap(), 2);
        assert_eq!(slot.try_write(&[0x82, 0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(frames.next().await, Some(vec![0x82, 0]));
        assert_eq!(slot.try_write(&[0x82, 1, 7]).unwrap(), 3);
        assert_eq!(slot.try_write(&[FINAL_CLOSE, 0]).unwrap(), 2);
        drop(slot);
        assert_eq!(frames.next().await, Some(vec![0x82, 1, 7, FINAL_CLOSE, 0]));
        assert_eq!(frames.next().await, None);
    }
}
