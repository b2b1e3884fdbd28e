//! Says of a tick that does not end that it runs, and where, while it does; and of a room that does
//! not open.

use super::progress::{Progress, Running};
use super::watch::work;
use crate::engine::phase::Phase;

/// A tick that runs for this long is reported, microseconds.
const LONG_US: u64 = 1_000_000;
/// Time between two lines about one tick, microseconds.
const AGAIN_US: u64 = 10_000_000;

/// Looks at every room and writes the lines that are due. It reads no clock: the time is an
/// argument.
pub(super) fn look<'a>(rooms: impl IntoIterator<Item = (&'a str, &'a Progress)>, now_us: u64) {
    for (room, progress) in rooms {
        if let Some(running) = progress.report(now_us, |running| is_due(running, now_us)) {
            log(room, &running, now_us);
        }
    }
}

fn is_due(running: &Running, now_us: u64) -> bool {
    let since_us = |from_us: u64| now_us.saturating_sub(from_us);
    match running.reported_us {
        Some(reported_us) => since_us(reported_us) >= AGAIN_US,
        None => since_us(running.since_us) >= LONG_US,
    }
}

fn log(room: &str, running: &Running, now_us: u64) {
    let Running { tick, since_us, phase, game_phase, .. } = *running;
    let running_ms = now_us.saturating_sub(since_us) / 1_000;
    let what = phase.map_or("the opening of a room", |_| "a tick");
    let text = phase.map_or("making the world", |phase| work(phase).1);
    let phase = phase.map_or("open", Phase::label);
    tracing::warn!(
        room,
        tick,
        running_ms,
        phase,
        game_phase,
        text,
        "{what} does not end: an endless loop, or too much to do"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quarters of a second, as seconds, in which a line about this progress is due.
    fn reports(progress: &Progress) -> Vec<f32> {
        let due = (0..250).filter(|quarter| is_reported(progress, quarter * 250_000));
        due.map(|quarter| quarter as f32 / 4.0).collect()
    }

    fn is_reported(progress: &Progress, now_us: u64) -> bool {
        look([("main", progress)], now_us);
        progress.report(now_us, |running| running.reported_us == Some(now_us)).is_some()
    }

    #[test]
    fn a_tick_that_does_not_end_is_reported_after_a_second_and_then_every_ten() {
        let progress = Progress::default();
        assert!(reports(&progress).is_empty());
        progress.begin(61, 2_000_000);
        progress.end(Phase::Input, 2_000_000);
        progress.reach("shots", 2_000_000);
        assert_eq!(reports(&progress), [3.0, 13.0, 23.0, 33.0, 43.0, 53.0]);
        // Another incident of the room.
        progress.begin(62, 63_000_000);
        assert!(!is_reported(&progress, 63_000_000));
        assert!(is_reported(&progress, 64_000_000));
        progress.stop();
        assert!(!is_reported(&progress, 99_000_000));
    }

    #[test]
    fn a_room_that_does_not_open_is_reported_like_a_tick() {
        let progress = Progress::default();
        progress.open(2_000_000);
        assert_eq!(reports(&progress), [3.0, 13.0, 23.0, 33.0, 43.0, 53.0]);
    }

    #[test]
    fn rooms_of_one_name_are_reported_each_by_itself() {
        let [ending, open] = [(); 2].map(|()| Progress::default());
        ending.begin(61, 0);
        open.begin(7, 500_000);
        let reports = (0..50).map(|quarter| quarter * 250_000).filter_map(|now_us| {
            look([("main", &ending), ("main", &open)], now_us);
            let is_new = |running: &Running| running.reported_us == Some(now_us);
            let ticks = [&ending, &open].map(|progress| progress.report(now_us, is_new));
            let ticks: Vec<_> = ticks.iter().flatten().map(|running| running.tick).collect();
            (!ticks.is_empty()).then_some((now_us, ticks))
        });
        let expected = [(1_000_000, 61), (1_500_000, 7), (11_000_000, 61), (11_500_000, 7)];
        assert_eq!(reports.collect::<Vec<_>>(), expected.map(|(us, tick)| (us, vec![tick])));
    }
}
