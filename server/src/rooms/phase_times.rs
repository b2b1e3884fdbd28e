//! Where the time of a tick goes.

use crate::engine::phase::Phase;

/// Where the time of a tick went, microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PhaseTimes {
    pub(super) start_us: u64,
    pub(super) last_us: u64,
    pub(super) phases_us: [u64; Phase::ALL.len()],
    /// The slowest phase of the game's own, if it names any, and its time.
    pub(super) game: Option<(&'static str, u64)>,
}

impl PhaseTimes {
    /// Starts a tick.
    pub(super) fn begin(now_us: u64) -> Self {
        Self { start_us: now_us, last_us: now_us, ..Self::default() }
    }

    /// Ends a phase.
    pub(super) fn lap(&mut self, phase: Phase, now_us: u64) {
        self.phases_us[phase as usize] += now_us - self.last_us;
        self.last_us = now_us;
    }

    /// How long the tick took.
    pub(super) fn took_us(&self) -> u64 {
        self.last_us - self.start_us
    }

    /// The slowest phase (the last of several) and its time.
    pub(super) fn slowest(&self) -> (Phase, u64) {
        let phases = Phase::ALL.iter().copied().zip(self.phases_us);
        phases.max_by_key(|(_, us)| *us).unwrap_or((Phase::Input, 0))
    }
}
