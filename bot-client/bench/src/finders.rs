//! Functions that derive some of the figures from the runs of a scenario.

use drumbeat_bots::server_metrics::Buckets;

use crate::figure::Figure;
use crate::run::Run;
use crate::runs::Runs;
use crate::visitors::Visits;

/// Players of the load of `scale` that has its own target.
pub(crate) const FEW_PLAYERS: u32 = 500;

/// Bytes per visible moving entity and tick.
pub(crate) fn entity_bytes(run: &Run) -> Option<f64> {
    run.report.bytes_per_visible_moving_entity_tick
}

/// The quantile `share` of tick lateness. The 99.9th percentile needs the ticks of all runs
/// together.
pub(crate) fn lateness(runs: &Runs, share: f64) -> Figure {
    let (counting, doubt) = runs.counting();
    let mut lateness = Buckets::default();
    for scrape in counting.iter().filter_map(|run| run.report.scrape.as_ref()) {
        lateness.absorb(&scrape.lateness);
    }
    Figure { value: lateness.quantile(share), doubt, ..Figure::default() }
}

/// The cost of the run with few players, as a multiple of the floor.
pub(crate) fn few_cost(runs: &Runs) -> Figure {
    let few = runs.0.iter().find(|run| run.load.bots == FEW_PLAYERS);
    let doubt = few.and_then(Run::doubt);
    Figure { value: few.and_then(Run::ratio), doubt, ..Figure::default() }
}

/// How much more the last load costs per client than the first, percent.
pub(crate) fn growth(runs: &Runs) -> Option<f64> {
    let cost = |run: Option<&Run>| run?.cpu_us_per_client_tick;
    Some((cost(runs.0.last())? / cost(runs.0.first())? - 1.0) * 100.0)
}

/// Memory per player, KiB. It does not depend on how late the swarm reads.
pub(crate) fn connection_memory(runs: &Runs) -> Figure {
    let run = runs.0.first();
    let value = run.and_then(|run| {
        let [before, after] = run.memory_bytes?;
        let players = run.report.joined.max(1) as f64;
        Some(after.saturating_sub(before) as f64 / players / 1_024.0)
    });
    Figure { value, doubt: run.and_then(Run::fault), ..Figure::default() }
}

/// The answers to visitors, as a sentence.
pub(crate) fn visits(runs: &Runs) -> String {
    let visits: Visits = runs.0.iter().filter_map(|run| run.visits).sum();
    let tick = |visited: bool| {
        runs.middle(|run| run.load.visitors == visited, |run| Some(run.report.server.tick_ms?.p99))
    };
    let tick = tick(false).zip(tick(true)).map_or(String::new(), |(without, with)| {
        format!("; tick p99 {without:.2} ms without them, {with:.2} ms with them")
    });
    format!(
        "visitors: {} requests answered, {:.1} MB, {} failed{tick}",
        visits.answered,
        visits.bytes as f64 / 1e6,
        visits.failed
    )
}
