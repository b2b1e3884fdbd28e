//! Everything that a client counts. Each event is counted once, here, for all readers.

use super::feel::Feel;
use super::stats::Stats;
use crate::client::play::drawing::Correction;
use crate::client::receive::notes::Pong;

/// The counters of a client.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Since the client was made.
    pub(crate) stats: Stats,
    /// Since they were last taken.
    pub(crate) feel: Feel,
}

impl Measured {
    /// A frame has corrected the prediction of the own avatar. `touching` is whether the avatar
    /// touches somebody, or just did.
    pub(crate) fn corrected(&mut self, correction: Correction, touching: bool) {
        self.stats.corrections += 1;
        self.stats.correction_last = correction.size;
        self.feel.snaps += u64::from(correction.snapped);
        if touching {
            self.feel.touching += 1;
        } else {
            self.feel.corrections.record(correction.size);
        }
    }

    /// A pong came.
    pub(crate) fn pong(&mut self, pong: &Pong) {
        self.stats.pongs += 1;
        self.stats.rtt_us = pong.rtt_us;
        self.stats.margin_us = pong.margin_us.unwrap_or(self.stats.margin_us);
        self.feel.late_inputs += u64::from(pong.late);
    }
}
