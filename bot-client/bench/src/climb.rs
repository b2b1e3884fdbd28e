//! How many players one server carries: it adds players until the server does not keep up.

use drumbeat_shared::protocol::close::CloseCode;

use crate::figure::Figure;
use crate::harness::{BenchError, Harness};
use crate::load::Load;
use crate::outcome::Outcome;
use crate::run::Run;
use crate::runs::Runs;
use crate::scenario::Steps;

/// Limit, in tick periods, of how far off the beat frames may come while the server keeps up:
/// beyond it they are nearer to the beat of another tick.
const OFF_BEAT_PERIODS_MAX: f64 = 0.5;
/// From this number of players on, the figure stands even if the swarm ended the climb.
const PLAYERS_MUST: u32 = 3_000;
/// Closes that PROTOCOL.md documents for players that an overloaded server can't serve in time.
const OVERLOAD_CLOSES: [(&str, CloseCode); 3] = [
    ("could not join", CloseCode::NoHello),
    ("disconnected", CloseCode::Idle),
    ("disconnected", CloseCode::TooSlow),
];

/// The state of a climb.
#[derive(Debug)]
struct Climb {
    steps: Steps,
    /// Players of the next run.
    bots: u32,
    /// The largest number of players that the server kept up with.
    good: Option<u32>,
    /// Failed runs in a row with the present number of players.
    failed: u32,
}

impl Climb {
    fn new(steps: Steps) -> Self {
        Self { steps, bots: steps.first, good: None, failed: 0 }
    }

    /// Notes whether the server kept up. Returns false when the climb has ended.
    fn goes_on(&mut self, keeps_up: bool) -> bool {
        if keeps_up {
            self.good = self.good.max(Some(self.bots));
            // Half of the first step was good, but the first step was not.
            if self.bots < self.steps.first {
                return false;
            }
            (self.failed, self.bots) = (0, self.bots + self.steps.step);
            return self.bots <= self.steps.last;
        }
        self.failed += 1;
        match self.good {
            _ if self.failed < 2 => true,
            None if self.bots == self.steps.first => {
                (self.failed, self.bots) = (0, self.steps.first / 2);
                true
            }
            _ => false,
        }
    }

    fn reached_the_last(&self) -> bool {
        self.good.is_some() && self.bots > self.steps.last
    }
}

/// Adds players until the server does not keep up twice in a row: one failure may be the machine's.
/// If the first step fails, the climb tries half of it.
pub(crate) async fn climb(
    steps: Steps,
    outcome: &mut Outcome,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let mut climb = Climb::new(steps);
    let name = outcome.scenario.name;
    loop {
        let bots = climb.bots;
        let run = harness.run(name, &Load::drift(bots, steps.seconds)).await?;
        let verdict = keeps_up(&run);
        outcome.add(run);
        let keeps_up = verdict.is_ok();
        if let Err(reason) = verdict {
            outcome.notes.push(format!("{name}: at {bots} players {reason}"));
        }
        if !climb.goes_on(keeps_up) {
            break;
        }
    }
    // A close by an overloaded server ends the climb; anything else is a fault.
    outcome.failures.retain(|failure| !is_overload(failure));
    if climb.reached_the_last() {
        let last = steps.last;
        outcome
            .notes
            .push(format!("{name}: the climb ended at {last} players, the server did not"));
    } else if end(&outcome.runs).is_some_and(|(run, _)| run.saturation().is_some()) {
        outcome.notes.push(format!("{name}: the swarm was the end of the climb, not the server"));
    }
    Ok(())
}

/// The largest number of players that the server kept up with.
pub(crate) fn players_max(runs: &Runs) -> Figure {
    let good = runs.0.iter().filter(|run| keeps_up(run).is_ok()).map(|run| run.load.bots).max();
    let end = end(runs);
    let doubt = match good {
        // This many players were reached, whatever ended the climb.
        Some(good) if good >= PLAYERS_MUST => None,
        Some(_) => end.and_then(|(run, _)| run.saturation()),
        None => end.map(|(run, reason)| format!("not even {} players: {reason}", run.load.bots)),
    };
    Figure { value: good.map(f64::from), doubt, ..Figure::default() }
}

/// The last run and why the server did not keep up with it; `None` if it did.
fn end(runs: &Runs) -> Option<(&Run, String)> {
    let last = runs.0.last()?;
    keeps_up(last).err().map(|reason| (last, reason))
}

/// Whether a failure is the documented answer to overload.
fn is_overload(failure: &str) -> bool {
    let found =
        |(what, close): &(&str, CloseCode)| failure.contains(&format!("{what}: {}", close.code()));
    OVERLOAD_CLOSES.iter().any(found)
}

/// Whether the server kept up with a run; if not, the reason.
fn keeps_up(run: &Run) -> Result<(), String> {
    let report = &run.report;
    if let Some(failure) = report.failures.first() {
        return Err(failure.clone());
    }
    match (report.server.missed_ticks, run.off_beat_ms()) {
        (None, _) => Err("the server's metrics could not be read".to_owned()),
        (Some(missed @ 1..), _) => Err(format!("{missed} ticks were missed")),
        (_, Some(off)) if off > OFF_BEAT_PERIODS_MAX * 1e3 / f64::from(run.load.tick_hz) => {
            Err(format!("frames came {off:.1} ms off the beat (p99)"))
        }
        _ => run.doubt().map_or(Ok(()), Err),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: Steps = Steps { first: 1_500, step: 500, last: 2_500, seconds: 1 };

    /// The number of players of each run of a climb, and the largest good one, for a server that
    /// carries `carries` players.
    fn climbed(carries: u32) -> (Vec<u32>, Option<u32>) {
        let mut climb = Climb::new(STEPS);
        let mut runs = vec![climb.bots];
        while climb.goes_on(climb.bots <= carries) {
            runs.push(climb.bots);
        }
        (runs, climb.good)
    }

    #[test]
    fn a_climb_ends_when_two_runs_in_a_row_fail() {
        assert_eq!(climbed(2_100), (vec![1_500, 2_000, 2_500, 2_500], Some(2_000)));
        assert_eq!(climbed(9_999), (vec![1_500, 2_000, 2_500], Some(2_500)));
    }

    #[test]
    fn where_the_first_step_fails_half_of_it_is_tried() {
        assert_eq!(climbed(800), (vec![1_500, 1_500, 750], Some(750)));
        assert_eq!(climbed(10), (vec![1_500, 1_500, 750, 750], None));
    }

    #[test]
    fn one_failed_run_is_the_machine() {
        let mut climb = Climb::new(STEPS);
        assert!(climb.goes_on(false) && climb.goes_on(true));
        assert_eq!((climb.bots, climb.good), (2_000, Some(1_500)));
        assert!(climb.goes_on(false) && climb.goes_on(true) && !climb.goes_on(true));
        assert!(climb.reached_the_last());
    }

    #[test]
    fn only_documented_closes_are_overload() {
        assert!(is_overload("max: 3 bots were disconnected: 4004 no frame taken for 10 s"));
        assert!(!is_overload("max: 3 bots were disconnected: 1011 the room failed"));
        assert!(!is_overload("max: 4004 of 5000 checksums did not match"));
    }
}
