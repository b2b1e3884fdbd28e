//! Says of a tick that does not end that it runs, and where, while it does.

use std::collections::BTreeMap;

use super::progress::{Progress, Running};
use super::watch::work;

/// A tick that runs for this long is reported, microseconds.
const LONG_US: u64 = 1_000_000;
/// Time between two lines about one tick, microseconds.
const AGAIN_US: u64 = 10_000_000;

/// What has been said about the rooms' ticks. It reads no clock: the time is an argument.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    /// By room: the tick that does not end, and when it was last reported, microseconds.
    reported: BTreeMap<String, (u32, u64)>,
}

impl Watchdog {
    /// Looks at every room and writes the lines that are due.
    pub(super) fn look<'a>(
        &mut self,
        rooms: impl IntoIterator<Item = (&'a str, &'a Progress)>,
        now_us: u64,
    ) {
        let mut reported = BTreeMap::new();
        for (room, progress) in rooms {
            let Some(running) = progress.running() else { continue };
            let before = self.reported.get(room).copied();
            let before = before.filter(|(tick, _)| *tick == running.tick);
            let last_us = before.map(|(_, last_us)| last_us);
            if is_due(&running, last_us, now_us) {
                log(room, &running, now_us);
                reported.insert(room.to_owned(), (running.tick, now_us));
            } else if let Some(before) = before {
                reported.insert(room.to_owned(), before);
            }
        }
        self.reported = reported;
    }
}

/// Whether to report a tick, which was last reported at `last_us`.
fn is_due(running: &Running, last_us: Option<u64>, now_us: u64) -> bool {
    let since_us = |from_us: u64| now_us.saturating_sub(from_us);
    last_us.map_or(since_us(running.since_us) >= LONG_US, |last| since_us(last) >= AGAIN_US)
}

fn log(room: &str, running: &Running, now_us: u64) {
    let Running { tick, since_us, phase, game_phase } = *running;
    let running_ms = now_us.saturating_sub(since_us) / 1_000;
    let (_, text) = work(phase);
    let phase = phase.label();
    tracing::warn!(
        room,
        tick,
        running_ms,
        phase,
        game_phase,
        text,
        "a tick does not end: an endless loop, or too much to do"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::phase::Phase;

    #[test]
    fn a_tick_that_does_not_end_is_reported_after_a_second_and_then_every_ten() {
        let progress = Progress::default();
        let mut watchdog = Watchdog::default();
        let mut reports = |progress: &Progress, now_us: u64| {
            watchdog.look([("main", progress)], now_us);
            watchdog.reported.get("main").is_some_and(|(_, last_us)| *last_us == now_us)
        };
        let second = |progress: &Progress, reports: &mut dyn FnMut(&Progress, u64) -> bool| {
            let due = (0..250).filter(|quarter| reports(progress, quarter * 250_000));
            due.map(|quarter| quarter as f32 / 4.0).collect::<Vec<_>>()
        };
        assert!(second(&progress, &mut reports).is_empty());
        progress.begin(61, 2_000_000);
        progress.end(Phase::Input, 2_000_000);
        progress.reach("shots", 2_000_000);
        assert_eq!(second(&progress, &mut reports), [3.0, 13.0, 23.0, 33.0, 43.0, 53.0]);
        // Another incident of the room.
        progress.begin(62, 63_000_000);
        assert!(!reports(&progress, 63_000_000));
        assert!(reports(&progress, 64_000_000));
        progress.stop();
        assert!(!reports(&progress, 99_000_000));
    }
}
