//! Reports when and why a room did not keep up.

use std::time::Duration;

use serde::Serialize;

use super::beat::TickStart;
use super::cpu_use::{CpuTimes, CpuUse};
use super::phase_times::PhaseTimes;
use crate::engine::phase::Phase;
use crate::telemetry::notices::Budget;

/// Time between two log lines about missed ticks.
const LOG_PERIOD: Duration = Duration::from_secs(1);

/// A tick that was missed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// The tick that started late.
    pub tick: u32,
    /// How late it started, milliseconds.
    pub late_ms: u64,
    /// Ticks left out before it.
    pub skipped_ticks: u64,
    /// Why, as far as the room can tell: a word for machines.
    pub reason: &'static str,
    /// The same in a sentence.
    pub text: String,
}

/// What to report when a phase took the time: a word, and what the phase does.
pub(super) fn work(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Input => ("slow_input", "letting players in and draining inputs"),
        Phase::Step => ("slow_step", "the game's rules"),
        Phase::Encode => ("slow_encode", "encoding changes: too many entities"),
        Phase::FanOut => ("slow_fanout", "sending frames: too many clients or too much in view"),
    }
}

/// Watches the beat of one room from its thread.
#[derive(Debug)]
pub(super) struct Watch {
    period_us: u64,
    cpu_use: CpuUse,
    /// The thread's CPU times at the start of the last tick.
    cpu_times: Option<CpuTimes>,
    /// Why the room is behind, until a tick starts on time again.
    cause: Option<Cause>,
    lines: Budget,
}

impl Watch {
    /// Creates the watch of the calling thread.
    pub(super) fn new(tick_hz: u16) -> Self {
        Self {
            period_us: 1_000_000 / u64::from(tick_hz),
            cpu_use: CpuUse::of_this_thread(),
            cpu_times: None,
            cause: None,
            lines: Budget::new(1, LOG_PERIOD),
        }
    }

    /// Starts tick number `tick`; `before` holds the times of the tick that ended. Logs and returns
    /// what was missed.
    pub(super) fn begin(
        &mut self,
        start: TickStart,
        tick: u32,
        before: &PhaseTimes,
        now_us: u64,
    ) -> Option<Miss> {
        let cpu_times = self.cpu_use.times();
        let had = cpu_times.zip(self.cpu_times).map(|(now, then)| now.since(then));
        self.cpu_times = cpu_times;
        if start.missed == 0 {
            self.cause = None;
            return None;
        }
        // While it catches up, the cause that threw it back stays.
        let fresh = || cause(before, now_us, start.lateness_us, self.period_us, had);
        let Cause { reason, text } = self.cause.get_or_insert_with(fresh).clone();
        let (late_ms, skipped_ticks) = (start.lateness_us / 1_000, start.skipped_ticks);
        if let Some(line) = self.lines.note(start.missed, now_us) {
            let missed_ticks = line.events;
            tracing::warn!(
                reason,
                text,
                tick,
                late_ms,
                missed_ticks,
                skipped_ticks,
                "missed ticks"
            );
        }
        Some(Miss { tick, late_ms, skipped_ticks, reason, text })
    }
}

/// Why a tick starts late: a label, and a sentence.
#[derive(Clone, Debug)]
struct Cause {
    reason: &'static str,
    text: String,
}

/// Judged by the tick `before`, and by the CPU times that the thread `had` since that tick began,
/// if the system reports them. The cause is whichever of its own work, waiting for a CPU and
/// wanting none takes most of the time that the tick is late.
fn cause(
    before: &PhaseTimes,
    now_us: u64,
    lateness_us: u64,
    period_us: u64,
    had: Option<CpuTimes>,
) -> Cause {
    let ms = |us: u64| us / 1_000;
    let took_us = before.took_us();
    // Asleep as planned until the tick was due.
    let rest_us = now_us.saturating_sub(lateness_us).saturating_sub(before.last_us);
    let CpuTimes { used_us, waited_us } =
        had.unwrap_or(CpuTimes { used_us: took_us, waited_us: 0 });
    let awake_us = now_us.saturating_sub(before.start_us).saturating_sub(rest_us);
    let neither_us = awake_us.saturating_sub(used_us + waited_us);
    if used_us.saturating_sub(period_us) > waited_us.max(neither_us) {
        let (slowest, slowest_us) = before.slowest();
        let (reason, work) = work(slowest);
        let text = format!(
            "the previous tick took {} of {} ms, {} of them for {work}{}",
            ms(took_us),
            ms(period_us),
            ms(slowest_us),
            part(slowest, before.game)
        );
        return Cause { reason, text };
    }
    let (reason, text) = if had.is_none() {
        let text = format!(
            "the thread woke {} ms late; this system does not say whether the machine was busy or \
             the process was stopped",
            ms(neither_us)
        );
        ("unknown", text)
    } else if waited_us >= neither_us {
        let text = format!(
            "the machine was busy: the previous tick used {} of {} ms; the thread waited {} ms for \
             a CPU",
            ms(used_us),
            ms(period_us),
            ms(waited_us)
        );
        ("no_cpu", text)
    } else if took_us <= period_us {
        let text = format!(
            "the process was stopped or the machine slept: for {} ms the thread neither used a CPU \
             nor waited for one",
            ms(neither_us)
        );
        ("stopped", text)
    } else {
        let text = format!(
            "the process was stopped, or its thread waited for another thread, for memory or for a \
             disk: for {} of the {} ms that the previous tick took it neither used a CPU nor waited \
             for one",
            ms(neither_us),
            ms(took_us)
        );
        ("blocked", text)
    };
    Cause { reason, text }
}

/// The game's slowest phase, if the rules took the time and name their phases.
fn part(slowest: Phase, game: Option<(&'static str, u64)>) -> String {
    match game {
        Some((name, us)) if slowest == Phase::Step => format!(", {} in \"{name}\"", us / 1_000),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD_US: u64 = 50_000;

    fn times(phases_us: [u64; 4]) -> PhaseTimes {
        PhaseTimes { start_us: 0, last_us: phases_us.iter().sum(), phases_us, game: None }
    }

    #[test]
    fn the_cause_of_a_missed_tick_is_named() {
        // The tick begins when the previous one has ended, or `asleep_us` after it was due.
        let check =
            |phases_us: [u64; 4], asleep_us: u64, had: [u64; 2], reason: &str, part: &str| {
                let before = times(phases_us);
                let now_us = before.last_us.max(PERIOD_US) + asleep_us;
                let had = CpuTimes { used_us: had[0], waited_us: had[1] };
                let found = cause(&before, now_us, now_us - PERIOD_US, PERIOD_US, Some(had));
                assert_eq!(found.reason, reason, "{found:?}");
                assert!(found.text.contains(part), "{found:?}");
            };
        check(
            [90_000, 100, 100, 100],
            0,
            [90_300, 0],
            "slow_input",
            "took 90 of 50 ms, 90 of them",
        );
        check([100, 60_000, 100, 100], 0, [60_000, 200], "slow_step", "the game's rules");
        check([100, 100, 70_000, 100], 0, [70_000, 300], "slow_encode", "too many entities");
        check([100, 100, 100, 80_000], 0, [80_000, 300], "slow_fanout", "sending frames");
        check([100, 100, 70_000, 100], 0, [10_000, 60_000], "no_cpu", "waited 60 ms for a CPU");
        check([100, 100, 100, 100], 70_000, [400, 69_000], "no_cpu", "used 0 of 50 ms");
        check([100, 100, 100, 100], 400_000, [400, 90], "stopped", "for 399 ms the thread neither");
        check([100, 300_000, 100, 100], 0, [900, 90], "blocked", "of the 300 ms that the previous");
    }

    #[test]
    fn the_slowest_phase_of_the_game_is_named_when_the_rules_are_slow() {
        let text = |phases_us: [u64; 4]| {
            let before = PhaseTimes { game: Some(("shots", 61_000)), ..times(phases_us) };
            cause(&before, before.last_us, before.last_us - PERIOD_US, PERIOD_US, None).text
        };
        assert_eq!(
            text([4_000, 76_000, 0, 0]),
            "the previous tick took 80 of 50 ms, 76 of them for the game's rules, 61 in \"shots\""
        );
        assert!(text([4_000, 0, 76_000, 0]).ends_with("encoding changes: too many entities"));
    }

    #[test]
    fn a_system_that_says_nothing_of_its_cpus_is_not_guessed_at() {
        let late = |before: PhaseTimes, now_us| {
            cause(&before, now_us, now_us - PERIOD_US, PERIOD_US, None)
        };
        assert_eq!(late(times([0, 110_000, 0, 0]), 110_000).reason, "slow_step");
        let asleep = late(times([0, 1_000, 0, 0]), 300_000);
        assert_eq!(asleep.reason, "unknown");
        assert!(asleep.text.contains("woke 250 ms late"), "{asleep:?}");
    }

    #[test]
    fn ticks_that_catch_up_keep_the_cause_that_threw_them_back() {
        let mut watch = Watch::new(20);
        watch.cpu_use = CpuUse::default();
        let late = |lateness_us| TickStart { lateness_us, skipped_ticks: 0, missed: 1 };
        let slow = times([0, 160_000, 0, 0]);
        let first = watch.begin(late(110_000), 2, &slow, 160_000).unwrap();
        assert_eq!(first.reason, "slow_step", "{first:?}");
        let next = watch.begin(late(61_000), 3, &times([0, 1_000, 0, 0]), 161_000).unwrap();
        assert_eq!((next.reason, &next.text), (first.reason, &first.text));
        let in_time = TickStart { lateness_us: 12_000, skipped_ticks: 0, missed: 0 };
        assert_eq!(watch.begin(in_time, 4, &times([0, 1_000, 0, 0]), 162_000), None);
        let quick = PhaseTimes { start_us: 250_000, last_us: 251_000, ..PhaseTimes::default() };
        let other = watch.begin(late(55_000), 5, &quick, 355_000).unwrap();
        assert_eq!(other.reason, "unknown", "{other:?}");
    }
}
