//! The scenarios: which runs each makes, and which rows of the target table they answer.

use crate::climb::climb;
use crate::feel;
use crate::harness::{BenchError, Harness};
use crate::load::{Load, World};
use crate::options::Scenario;
use crate::outcome::Outcome;
use crate::row::{Figure, RowId, median};
use crate::run::Run;
use crate::sizes::{ROOM_PLAYERS, Sizes};
use crate::visitors::Visits;
use drumbeat_bots::options::BrainKind;
use drumbeat_bots::server_metrics::Buckets;

/// Players of the row of costs that the scenario `scale` answers.
const FEW_PLAYERS: u32 = 500;
/// Ticks a second of the scenario `idle`: memory is asked for, not speed.
const IDLE_TICK_HZ: u16 = 10;

/// Runs one. What goes wrong in it is in the outcome, and the runs that were done until then.
pub(crate) async fn run(scenario: Scenario, sizes: &Sizes, harness: &mut Harness) -> Outcome {
    let mut outcome = Outcome::new(scenario);
    if let Err(error) = measure(&mut outcome, sizes, harness).await {
        if !matches!(error, BenchError::Interrupted) {
            outcome.notes.push(format!("{} was not measured: {error}", scenario.name()));
        }
        outcome.problem = Some(error.to_string());
    }
    outcome.note_doubts();
    outcome.mark(sizes.is_reduced(), harness.pins.problem.as_deref());
    outcome
}

async fn measure(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let scenario = outcome.scenario;
    let load = |bots| Load::drift(bots, sizes.seconds);
    let short = |bots| Load::drift(bots, sizes.short_s);
    match scenario {
        Scenario::Steady => {
            pairs(outcome, &load(sizes.steady), sizes, harness).await?;
            steady_figures(outcome);
        }
        Scenario::Frantic => {
            let load = Load { brain: BrainKind::Frantic, ..short(sizes.frantic) };
            outcome.add(harness.run_and_floor(scenario, &load).await?);
            outcome.figure(RowId::FranticBytes, entity_bytes);
        }
        Scenario::Fight => {
            let load = Load { brain: BrainKind::Fight, ..short(sizes.fight) };
            outcome.add(harness.run_and_floor(scenario, &load).await?);
        }
        Scenario::Scale => {
            for bots in sizes.scale {
                outcome.add(harness.run_and_floor(scenario, &short(*bots)).await?);
            }
            scale_figures(outcome);
        }
        Scenario::Crowd => {
            let load = Load { world: World::Crowd, ..load(sizes.crowd) };
            pairs(outcome, &load, sizes, harness).await?;
            crowd_figures(outcome, sizes);
        }
        Scenario::Max => climb(outcome, sizes, harness).await?,
        Scenario::Slow => slow(outcome, sizes, harness).await?,
        Scenario::Visitors => visitors(outcome, sizes, harness).await?,
        Scenario::Storm => {
            // The server learns of a lost connection while the next one knocks.
            let places = sizes.storm * 2;
            let world = World::ByPlayers;
            let load = Load { storm: true, places, world, ..short(sizes.storm) };
            outcome.add(harness.run(scenario, &load).await?);
            let storm = |run: &Run| run.report.storm.clone();
            outcome.figure(RowId::StormTime, |run| Some(storm(run)?.full_view_s?.max));
            outcome.figure(RowId::StormMissed, |run| {
                storm(run)?.missed_ticks.map(|missed| missed as f64)
            });
        }
        Scenario::Idle => {
            let brain = BrainKind::Listen;
            let load = Load { brain, tick_hz: IDLE_TICK_HZ, ..short(sizes.idle) };
            let run = harness.run(scenario, &load).await?;
            // The server's memory is its own, however late the swarm reads.
            let (value, doubt) = (memory_kib(&run), run.fault());
            let figure = Figure { value, doubt, ..Figure::default() };
            outcome.add(run);
            outcome.figures.push((RowId::ConnectionMemory, figure));
        }
        Scenario::Rooms => {
            let bots = sizes.rooms * ROOM_PLAYERS;
            let load = Load { rooms: sizes.rooms, ..short(bots) };
            outcome.add(harness.run_and_floor(scenario, &load).await?);
        }
        Scenario::Shards => {
            let cores = harness.pins.all.len().max(1);
            let worlds = sizes.shards_rooms.iter();
            for (rooms, shards) in worlds.flat_map(|rooms| [(*rooms, 1), (*rooms, cores)]) {
                let load = Load { rooms, shards: Some(shards), ..short(sizes.shards) };
                outcome.add(harness.run(scenario, &load).await?);
            }
        }
        Scenario::Feel => feel::measure(outcome, sizes, harness).await?,
    }
    Ok(())
}

/// Server and floor in turn.
async fn pairs(
    outcome: &mut Outcome,
    load: &Load,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    for _ in 0..sizes.pairs {
        let run = harness.run_and_floor(outcome.scenario, load).await?;
        outcome.add(run);
    }
    Ok(())
}

fn steady_figures(outcome: &mut Outcome) {
    outcome.figure(RowId::SteadyCost, Run::ratio);
    outcome.figure(RowId::DriftBytes, entity_bytes);
    outcome.figure(RowId::SpacingP99, Run::off_beat_ms);
    // One tick in a thousand needs the ticks of all runs together.
    let mut lateness = Buckets::default();
    let (runs, doubt) = outcome.counting();
    for scrape in runs.iter().filter_map(|run| run.report.scrape.as_ref()) {
        lateness.absorb(&scrape.lateness);
    }
    for (id, share) in [(RowId::LatenessP99, 0.99), (RowId::LatenessP999, 0.999)] {
        let value = lateness.quantile(share);
        outcome.figures.push((id, Figure { value, doubt: doubt.clone(), ..Figure::default() }));
    }
}

fn crowd_figures(outcome: &mut Outcome, sizes: &Sizes) {
    outcome.figure(RowId::CrowdCost, Run::ratio);
    outcome.figure(RowId::CrowdBytes, |run| Some(run.report.payload_bytes_per_bot_s / 1e3));
    let missed = missed_ticks(outcome);
    outcome.figure_of_all(RowId::CrowdMissed, missed);
    let seen = median(
        &outcome.runs.iter().filter_map(|run| run.report.visible_entities_mean).collect::<Vec<_>>(),
    );
    if let Some(seen) = seen {
        outcome.notes.push(format!("crowd: {seen:.0} of {} players in view", sizes.crowd));
    }
}

/// Of all runs together; `None` when a server did not say.
fn missed_ticks(outcome: &Outcome) -> Option<f64> {
    let missed = outcome.runs.iter().map(|run| run.report.server.missed_ticks);
    missed.sum::<Option<u64>>().map(|missed| missed as f64)
}

fn scale_figures(outcome: &mut Outcome) {
    let few = outcome.runs.iter().find(|run| run.load.bots == FEW_PLAYERS);
    let doubt = few.and_then(Run::doubt);
    let figure = Figure { value: few.and_then(Run::ratio), doubt, ..Figure::default() };
    outcome.figures.push((RowId::FewCost, figure));
    let cost = |run: Option<&Run>| run.and_then(|run| run.cpu_us_per_client_tick);
    let growth = cost(outcome.runs.first()).zip(cost(outcome.runs.last()));
    let growth = growth.map(|(first, last)| (last / first - 1.0) * 100.0);
    outcome.figure_of_all(RowId::ScaleGrowth, growth);
}

/// The same players without and with slow ones beside them.
async fn slow(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let slow = sizes.slow / 10;
    let without = Load { places: sizes.slow, ..Load::drift(sizes.slow - slow, sizes.short_s) };
    let with = Load { slow, ..without.clone() };
    let spacing = |run: &Run| run.report.frame_spacing_ms.map(|spacing| spacing.p99);
    let loads = [&without, &with];
    let changes = changes(outcome, harness, sizes.slow_pairs, loads, spacing).await?;
    outcome.figure_of_changes(RowId::SlowChange, &changes);
    Ok(())
}

/// The same players without and with visitors of the page.
async fn visitors(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let without = Load::drift(sizes.visitors, sizes.short_s);
    let with = Load { visitors: true, ..without.clone() };
    let input = |run: &Run| run.report.input_to_state_ms.map(|input| input.p99);
    let loads = [&without, &with];
    let changes = changes(outcome, harness, sizes.visitors_pairs, loads, input).await?;
    outcome.figure_of_changes(RowId::VisitorsChange, &changes);
    let visits: Visits = outcome.runs.iter().filter_map(|run| run.visits).sum();
    let tick = |visited: bool| {
        let runs = outcome.runs.iter().filter(|run| run.load.visitors == visited);
        median(&runs.filter_map(|run| Some(run.report.server.tick_ms?.p99)).collect::<Vec<_>>())
    };
    let tick = tick(false).zip(tick(true)).map_or(String::new(), |(without, with)| {
        format!("; tick p99 {without:.2} ms without them, {with:.2} ms with them")
    });
    outcome.notes.push(format!(
        "visitors: {} requests answered, {:.1} MB, {} failed{tick}",
        visits.answered,
        visits.bytes as f64 / 1e6,
        visits.failed
    ));
    Ok(())
}

/// By how much a value differs from one load to the other, percent, each time that they take turns.
async fn changes(
    outcome: &mut Outcome,
    harness: &mut Harness,
    pairs: u32,
    loads: [&Load; 2],
    value: impl Fn(&Run) -> Option<f64>,
) -> Result<Vec<f64>, BenchError> {
    let mut changes = Vec::new();
    for _ in 0..pairs {
        let mut values = [None; 2];
        for (load, found) in loads.into_iter().zip(&mut values) {
            let run = harness.run(outcome.scenario, load).await?;
            *found = value(&run);
            outcome.add(run);
        }
        if let [Some(without), Some(with)] = values {
            changes.push((with / without - 1.0) * 100.0);
        }
    }
    Ok(changes)
}

fn entity_bytes(run: &Run) -> Option<f64> {
    run.report.bytes_per_visible_moving_entity_tick
}

fn memory_kib(run: &Run) -> Option<f64> {
    let [before, after] = run.memory_bytes?;
    let players = run.report.joined.max(1) as f64;
    Some(after.saturating_sub(before) as f64 / players / 1_024.0)
}
