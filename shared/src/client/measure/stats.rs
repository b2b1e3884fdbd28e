//! What a client counts.

use crate::client::receive::newest::Advance;
use crate::client::receive::replica::{Applied, Replica};
use crate::game::{Frames, Game};

/// Counters since the client was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// State frames received.
    pub frames: u64,
    /// Keyframes among them.
    pub keyframes: u64,
    /// WebSocket payload bytes received, all messages.
    pub bytes_in: u64,
    /// WebSocket payload bytes made for sending.
    pub bytes_out: u64,
    /// Payload bytes of delta frames only.
    pub delta_bytes_in: u64,
    /// Sum over delta frames of the entities visible after them.
    pub visible_sum: u64,
    /// Sum over delta frames of the visible entities that moved in them.
    pub moving_sum: u64,
    /// Sum over delta frames of the visible entities that they did not contain, since these waited
    /// for their turn in a crowd.
    pub waiting_sum: u64,
    /// Largest number of ticks by which the known state of an entity in view was behind its frame.
    pub oldest_ticks: u32,
    /// Ticks for which no frame came: the server skipped them for this client. Stays 0 in a game
    /// whose frames come on change: there was nothing to send.
    pub ticks_skipped: u64,
    /// Checksums compared.
    pub checksums: u64,
    /// Checksums that did not match.
    pub mismatches: u64,
    /// Checksums of whole documents compared.
    pub document_checksums: u64,
    /// Checksums of whole documents that did not match.
    pub document_mismatches: u64,
    /// Bytes of the notes about the game's document.
    pub document_bytes_in: u64,
    /// Records of the game's document that came whole or changed.
    pub record_changes: u64,
    /// Frames that found the own prediction wrong.
    pub corrections: u64,
    /// Size of the last correction, grid units.
    pub correction_last: u32,
    /// Pongs received: each times a round trip.
    pub pongs: u64,
    /// Last round trip time, microseconds; 0 before the first pong.
    pub rtt_us: u32,
    /// Smallest margin of the last inputs, as the server reports it, microseconds: how long before
    /// the start of its tick an input arrived, negative if after it.
    pub margin_us: i32,
}

impl Stats {
    /// A frame was applied; `bytes` is its length.
    pub(crate) fn framed<G: Game>(
        &mut self,
        applied: &Applied<'_>,
        bytes: usize,
        replica: &Replica<G>,
    ) {
        self.frames += 1;
        self.ticks_skipped += skipped::<G>(&applied.advance);
        match applied.advance.age {
            None => self.keyframes += 1,
            Some(_) => {
                self.delta_bytes_in += bytes as u64;
                self.visible_sum += replica.visible.len() as u64;
                self.moving_sum += u64::from(applied.moving);
                self.waiting_sum += u64::from(applied.waiting);
                let oldest_ticks = replica.visible.oldest_ticks(replica.newest.tick);
                self.oldest_ticks = self.oldest_ticks.max(oldest_ticks);
            }
        }
        if let Some((expected, actual)) = applied.checksum {
            self.checksums += 1;
            self.mismatches += u64::from(expected != actual);
        }
    }
}

/// The ticks that the server skipped before a frame.
pub(crate) fn skipped<G: Game>(advance: &Advance) -> u64 {
    match G::FRAMES {
        Frames::EveryTick => u64::from(advance.skipped),
        Frames::OnChange => 0,
    }
}
