//! How many players one server carries: more and more until it does not keep up.

use super::harness::{BenchError, Harness};
use super::load::Load;
use super::options::Scenario;
use super::outcome::Outcome;
use super::row::{Figure, RowId};
use super::run::Run;
use super::sizes::Sizes;

/// How far off the beat frames may come while the server keeps up, in periods: beyond that they
/// are nearer to the beat of another tick.
const OFF_BEAT_PERIODS_MAX: f64 = 0.5;
/// Below this the end of the climb decides.
const PLAYERS_MUST: u32 = 3_000;

/// Steps up until the server does not keep up twice in a row: once may be the machine. Where the
/// first step fails, half of it is tried.
pub(crate) async fn climb(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let [first, step, last] = sizes.max;
    let (mut good, mut bots, mut failed) = (None, first, 0);
    let mut doubt = None;
    while bots <= last && bots >= first / 2 {
        let mut run = harness.run(Scenario::Max, &Load::drift(bots, sizes.short_s)).await?;
        let verdict = keeps_up(&run);
        // Who is let go by an overloaded server is the end of the climb, a wrong view is a fault.
        if run.report.view_mismatches == 0 {
            run.report.failures.clear();
        }
        doubt = run.doubt();
        outcome.add(run);
        let Err(reason) = verdict else {
            good = good.max(Some(bots));
            if bots < first {
                break;
            }
            (failed, bots) = (0, bots + step);
            continue;
        };
        outcome.notes.push(format!("max: at {bots} players {reason}"));
        failed += 1;
        match good {
            _ if failed < 2 => {}
            Some(_) => break,
            None => (failed, bots) = (0, bots / 2),
        }
    }
    if good.is_some() && bots > last {
        outcome.notes.push(format!("max: the climb ended at {last} players, the server did not"));
    } else if doubt.is_some() {
        outcome.notes.push("max: the swarm was the end of the climb, not the server".to_owned());
    }
    // What was reached was reached, whoever was the end.
    let reached = good.is_some_and(|good| good >= PLAYERS_MUST);
    let figure = Figure {
        value: Some(f64::from(good.unwrap_or(0))),
        doubt: doubt.filter(|_| !reached),
        ..Figure::default()
    };
    outcome.figures.push((RowId::PlayersMax, figure));
    Ok(())
}

/// Whether the server kept up with a run; else why not.
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
