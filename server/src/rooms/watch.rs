//! Tells when and why a room did not keep up.

use super::beat::Begun;
use super::cpu_wait::CpuWait;
use super::status::Miss;
use crate::engine::tick::Phase;

/// Missed ticks are logged at most so often, microseconds.
const LOG_PERIOD_US: u64 = 1_000_000;

/// Where the time of a tick went, microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Laps {
    pub(super) begun_us: u64,
    pub(super) last_us: u64,
    pub(super) phases_us: [u64; 4],
}

impl Laps {
    /// A tick that begins.
    pub(super) fn begin(now_us: u64) -> Self {
        Self { begun_us: now_us, last_us: now_us, ..Self::default() }
    }

    /// A phase has ended.
    pub(super) fn lap(&mut self, phase: Phase, now_us: u64) {
        self.phases_us[phase as usize] += now_us - self.last_us;
        self.last_us = now_us;
    }

    /// How long the tick took.
    pub(super) fn took_us(&self) -> u64 {
        self.last_us - self.begun_us
    }
}

/// Watches the beat of one room from its thread.
#[derive(Debug)]
pub(super) struct Watch {
    period_us: u64,
    cpu_wait: CpuWait,
    /// Time waited for a processor up to the start of the last tick.
    waited_us: Option<u64>,
    /// Why the room is behind, until a tick starts in time again.
    cause: Option<String>,
    logged_us: Option<u64>,
    /// Missed ticks that no line has told of yet.
    untold: u64,
}

impl Watch {
    /// Of the calling thread.
    pub(super) fn new(tick_hz: u16) -> Self {
        Self {
            period_us: 1_000_000 / u64::from(tick_hz),
            cpu_wait: CpuWait::of_this_thread(),
            waited_us: None,
            cause: None,
            logged_us: None,
            untold: 0,
        }
    }

    /// Tick number `tick` begins; `before` is the one that ended. Logs and returns what was missed.
    pub(super) fn begin(
        &mut self,
        begun: Begun,
        tick: u32,
        before: &Laps,
        now_us: u64,
    ) -> Option<Miss> {
        let waited_us = self.cpu_wait.waited_us();
        let waited = waited_us.zip(self.waited_us).map(|(now, then)| now.saturating_sub(then));
        self.waited_us = waited_us;
        if begun.missed == 0 {
            self.cause = None;
            return None;
        }
        // While it catches up, what threw it back remains the cause.
        let fresh = || cause(before, waited.unwrap_or(0), self.period_us);
        let because = self.cause.get_or_insert_with(fresh).clone();
        let (late_ms, left_out) = (begun.lateness_us / 1_000, begun.left_out);
        self.untold += begun.missed;
        if self.logged_us.is_none_or(|at| now_us - at > LOG_PERIOD_US) {
            let missed = std::mem::take(&mut self.untold);
            tracing::warn!(missed, tick, late_ms, left_out, because, "missed ticks");
            self.logged_us = Some(now_us);
        }
        Some(Miss { tick, late_ms, left_out, because })
    }
}

/// Why a tick starts late: judged by the one before, and by how long the thread has waited for a
/// processor since that one began.
fn cause(before: &Laps, waited_us: u64, period_us: u64) -> String {
    const SLOW: [&str; 4] = [
        "letting players in and draining inputs",
        "the game's rules",
        "encoding changes: too many entities",
        "sending frames: too many clients or too much in view",
    ];
    let took_us = before.took_us();
    let (took_ms, period_ms, waited_ms) = (took_us / 1_000, period_us / 1_000, waited_us / 1_000);
    if took_us.saturating_sub(waited_us) <= period_us {
        return format!(
            "the machine was busy: the tick before took {took_ms} ms of {period_ms}, and the \
             thread waited {waited_ms} ms for a processor"
        );
    }
    let slowest = (0..4).max_by_key(|&phase| before.phases_us[phase]).unwrap_or(0);
    format!(
        "the tick before took {took_ms} ms of {period_ms}, {} of them for {}",
        before.phases_us[slowest] / 1_000,
        SLOW[slowest]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laps(phases_us: [u64; 4]) -> Laps {
        Laps { begun_us: 0, last_us: phases_us.iter().sum(), phases_us }
    }

    #[test]
    fn the_cause_of_a_missed_tick_is_named() {
        let check = |phases_us: [u64; 4], waited_us: u64, expected: &str| {
            let text = cause(&laps(phases_us), waited_us, 50_000);
            assert!(text.contains(expected), "{text}");
        };
        check([90_000, 100, 100, 100], 0, "letting players in");
        check([100, 60_000, 100, 100], 0, "the game's rules");
        check([100, 100, 100, 80_000], 0, "sending frames");
        check([100, 100, 70_000, 100], 0, "encoding changes");
        check([100, 100, 70_000, 100], 60_000, "waited 60 ms for a processor");
        check([100, 100, 100, 100], 0, "the machine was busy");
    }

    #[test]
    fn ticks_that_catch_up_keep_the_cause_that_threw_them_back() {
        let mut watch = Watch::new(20);
        let late = |lateness_us| Begun { lateness_us, left_out: 0, missed: 1 };
        let slow = laps([0, 160_000, 0, 0]);
        let first = watch.begin(late(110_000), 2, &slow, 210_000).unwrap();
        assert!(first.because.contains("the game's rules"), "{}", first.because);
        let next = watch.begin(late(61_000), 3, &laps([0, 1_000, 0, 0]), 211_000).unwrap();
        assert_eq!(next.because, first.because);
        let in_time = Begun { lateness_us: 12_000, left_out: 0, missed: 0 };
        assert_eq!(watch.begin(in_time, 4, &laps([0, 1_000, 0, 0]), 212_000), None);
        let quick = laps([0, 1_000, 0, 0]);
        let other = watch.begin(late(55_000), 5, &quick, 305_000).unwrap();
        assert!(other.because.contains("the machine was busy"), "{}", other.because);
    }
}
