//! The scenarios: which runs each makes, and which rows of the target table they answer.

use serde::Serialize;

use super::harness::{BenchError, Harness, Run};
use super::load::{Load, World};
use super::options::Scenario;
use super::row::{Figure, RowId, median, spread};
use crate::options::BrainKind;
use crate::server_metrics::Buckets;

/// How large and how long the scenarios are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sizes {
    /// Times that server and floor take turns.
    pub(crate) pairs: u32,
    /// Length of a window that counts for the target table, seconds.
    pub(crate) seconds: u32,
    /// Length of the others.
    pub(crate) short_s: u32,
    /// Length of a floor.
    pub(crate) floor_s: u32,
    pub(crate) steady: u32,
    pub(crate) frantic: u32,
    pub(crate) fight: u32,
    pub(crate) scale: &'static [u32],
    pub(crate) crowd: u32,
    /// Players of the first step, of a step more, and of the last.
    pub(crate) max: [u32; 3],
    pub(crate) slow: u32,
    /// Times that the slow ones come and stay away.
    pub(crate) slow_pairs: u32,
    pub(crate) storm: u32,
    pub(crate) idle: u32,
    pub(crate) rooms: u32,
    pub(crate) shards: u32,
    /// Rooms that share those players.
    pub(crate) shards_rooms: &'static [u32],
}

/// As the target table wants it.
pub(crate) const FULL: Sizes = Sizes {
    pairs: 3,
    seconds: 20,
    short_s: 10,
    floor_s: 10,
    steady: 2_000,
    frantic: 500,
    fight: 500,
    scale: &[500, 1_000, 2_000, 3_000],
    crowd: 1_000,
    max: [1_500, 500, 6_000],
    slow: 1_000,
    slow_pairs: 3,
    storm: 2_000,
    idle: 10_000,
    rooms: 100,
    shards: 2_000,
    shards_rooms: &[1, 100],
};

/// Two minutes in all.
pub(crate) const QUICK: Sizes = Sizes {
    pairs: 2,
    seconds: 3,
    short_s: 2,
    floor_s: 2,
    steady: 1_000,
    frantic: 300,
    fight: 300,
    scale: &[500, 1_500],
    crowd: 200,
    max: [1_500, 1_500, 3_000],
    slow: 300,
    slow_pairs: 1,
    storm: 500,
    idle: 2_000,
    rooms: 20,
    shards: 500,
    shards_rooms: &[1],
};

/// Players of a room of the scenario `rooms`.
const ROOM_PLAYERS: u32 = 20;
/// Ticks a second of the scenario `idle`: memory is asked for, not speed.
const IDLE_TICK_HZ: u16 = 10;
/// How far off the beat frames may come while the server keeps up, milliseconds.
const OFF_BEAT_MS_MAX: f64 = 5.0;

/// What came of a scenario.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) scenario: Scenario,
    pub(crate) runs: Vec<Run>,
    #[serde(skip)]
    pub(crate) figures: Vec<(RowId, Figure)>,
    /// What a reader has to know beside the figures.
    pub(crate) notes: Vec<String>,
    /// Why the exit code is 1.
    pub(crate) failures: Vec<String>,
}

impl Outcome {
    pub(super) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            runs: Vec::new(),
            figures: Vec::new(),
            notes: Vec::new(),
            failures: Vec::new(),
        }
    }

    fn add(&mut self, run: Run) {
        for failure in &run.report.failures {
            self.failures.push(format!("{}: {failure}", self.scenario.name()));
        }
        self.runs.push(run);
    }

    /// Takes a figure from the runs that are not in doubt, or from all when all are: the median,
    /// and how far they lie apart.
    fn figure(&mut self, id: RowId, reduced: bool, value: impl Fn(&Run) -> Option<f64>) {
        let sound = self.sound().any(|run| value(run).is_some());
        let runs = self.runs.iter().filter(|run| !sound || run.doubt().is_none());
        let values: Vec<_> = runs.filter_map(value).collect();
        let doubt = self.runs.iter().find_map(Run::doubt).filter(|_| !sound);
        let spread = spread(&values).filter(|_| values.len() > 1);
        self.figures.push((id, Figure { value: median(&values), spread, reduced, doubt }));
    }

    /// Takes a figure that all runs have a part in.
    fn figure_of_all(&mut self, id: RowId, reduced: bool, value: Option<f64>) {
        let doubt = self.runs.iter().find_map(Run::doubt);
        self.figures.push((id, Figure { value, spread: None, reduced, doubt }));
    }

    /// The runs whose figures are the server's.
    fn sound(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.doubt().is_none())
    }

    /// Says which runs do not count.
    fn note_doubts(&mut self) {
        let all = self.runs.len();
        for run in self.runs.iter().filter(|run| run.doubt().is_some()) {
            let doubt = run.doubt().unwrap_or_default();
            let (name, bots) = (self.scenario.name(), run.load.bots);
            self.notes.push(format!("{name}: a run of {all} with {bots} players: {doubt}"));
        }
    }
}

/// Runs one.
///
/// # Errors
/// When it can't be run. What goes wrong in it is in the outcome.
pub(crate) async fn run(
    scenario: Scenario,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<Outcome, BenchError> {
    let mut outcome = Outcome::new(scenario);
    let load = |bots| Load::drift(bots, sizes.seconds);
    let short = |bots| Load::drift(bots, sizes.short_s);
    match scenario {
        Scenario::Steady => {
            pairs(&mut outcome, &load(sizes.steady), sizes, harness).await?;
            steady_figures(&mut outcome, sizes);
        }
        Scenario::Frantic => {
            let load = Load { brain: BrainKind::Frantic, ..short(sizes.frantic) };
            outcome.add(harness.run_and_floor(scenario, &load).await?);
            outcome.figure(RowId::FranticBytes, is_less(sizes.frantic, FULL.frantic), entity_bytes);
        }
        Scenario::Fight => {
            let load = Load { brain: BrainKind::Fight, ..short(sizes.fight) };
            outcome.add(harness.run_and_floor(scenario, &load).await?);
        }
        Scenario::Scale => {
            for bots in sizes.scale {
                outcome.add(harness.run_and_floor(scenario, &short(*bots)).await?);
            }
            scale_figure(&mut outcome, sizes);
        }
        Scenario::Crowd => {
            let load = Load { world: World::Crowd, ..load(sizes.crowd) };
            pairs(&mut outcome, &load, sizes, harness).await?;
            crowd_figures(&mut outcome, sizes);
        }
        Scenario::Max => max(&mut outcome, sizes, harness).await?,
        Scenario::Slow => slow(&mut outcome, sizes, harness).await?,
        Scenario::Storm => {
            // The server learns of a lost connection while the next one knocks.
            let places = sizes.storm * 2;
            let world = World::ByPlayers;
            let load = Load { storm: true, places, world, ..short(sizes.storm) };
            outcome.add(harness.run(scenario, &load).await?);
            let reduced = is_less(sizes.storm, FULL.storm);
            let storm = |run: &Run| run.report.storm.clone();
            outcome.figure(RowId::StormTime, reduced, |run| Some(storm(run)?.full_view_s?.max));
            outcome.figure(RowId::StormMissed, reduced, |run| {
                storm(run)?.missed_ticks.map(|missed| missed as f64)
            });
        }
        Scenario::Idle => {
            let brain = BrainKind::Listen;
            let load = Load { brain, tick_hz: IDLE_TICK_HZ, ..short(sizes.idle) };
            outcome.add(harness.run(scenario, &load).await?);
            outcome.figure(RowId::ConnectionMemory, is_less(sizes.idle, FULL.idle), memory_kib);
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
    }
    outcome.note_doubts();
    Ok(outcome)
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

fn steady_figures(outcome: &mut Outcome, sizes: &Sizes) {
    let reduced = sizes != &FULL;
    outcome.figure(RowId::SteadyCost, reduced, Run::ratio);
    outcome.figure(RowId::DriftBytes, reduced, entity_bytes);
    outcome.figure(RowId::SpacingP99, reduced, Run::off_beat_ms);
    // One tick in a thousand needs the ticks of all runs together.
    let mut lateness = Buckets::default();
    for scrape in outcome.runs.iter().filter_map(|run| run.report.scrape.as_ref()) {
        lateness.absorb(&scrape.lateness);
    }
    for (id, share) in [(RowId::LatenessP99, 0.99), (RowId::LatenessP999, 0.999)] {
        outcome.figure_of_all(id, reduced, lateness.quantile(share));
    }
}

fn crowd_figures(outcome: &mut Outcome, sizes: &Sizes) {
    let reduced = sizes != &FULL;
    outcome.figure(RowId::CrowdCost, reduced, Run::ratio);
    outcome
        .figure(RowId::CrowdBytes, reduced, |run| Some(run.report.payload_bytes_per_bot_s / 1e3));
    let missed = missed_ticks(outcome);
    outcome.figure_of_all(RowId::CrowdMissed, reduced, missed);
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

fn scale_figure(outcome: &mut Outcome, sizes: &Sizes) {
    let cost = |run: Option<&Run>| run.and_then(|run| run.cpu_us_per_client_tick);
    let growth = cost(outcome.runs.first()).zip(cost(outcome.runs.last()));
    let growth = growth.map(|(first, last)| (last / first - 1.0) * 100.0);
    let reduced = sizes.scale != FULL.scale;
    outcome.figure_of_all(RowId::ScaleGrowth, reduced, growth);
}

/// Steps up until the server does not keep up twice in a row: once may be the machine. Where it
/// can't even start, it steps down until the server does.
async fn max(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let [first, step, last] = sizes.max;
    let (mut good, mut bots, mut failed) = (None, first, 0);
    let mut doubt = None;
    while bots <= last && bots >= step.min(first) / 4 {
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
        value: good.map(f64::from),
        spread: None,
        reduced: sizes.short_s < FULL.short_s,
        doubt: doubt.filter(|_| !reached),
    };
    outcome.figures.push((RowId::PlayersMax, figure));
    Ok(())
}

/// Below this the end of the climb decides.
const PLAYERS_MUST: u32 = 3_000;

/// Whether the server kept up with a run; else why not.
fn keeps_up(run: &Run) -> Result<(), String> {
    let report = &run.report;
    if let Some(failure) = report.failures.first() {
        return Err(failure.clone());
    }
    match (report.server.missed_ticks, run.off_beat_ms()) {
        (None, _) => Err("the server's metrics could not be read".to_owned()),
        (Some(missed @ 1..), _) => Err(format!("{missed} ticks were missed")),
        (_, Some(off)) if off > OFF_BEAT_MS_MAX => {
            Err(format!("frames came {off:.1} ms off the beat (p99)"))
        }
        _ => run.doubt().map_or(Ok(()), Err),
    }
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
    let mut changes = Vec::new();
    for _ in 0..sizes.slow_pairs {
        let mut p99 = [None; 2];
        for (load, p99) in [&without, &with].into_iter().zip(&mut p99) {
            let run = harness.run(Scenario::Slow, load).await?;
            *p99 = run.report.frame_spacing_ms.map(|spacing| spacing.p99);
            outcome.add(run);
        }
        if let [Some(without), Some(with)] = p99 {
            changes.push((with / without - 1.0) * 100.0);
        }
    }
    let spread = spread(&changes).filter(|_| changes.len() > 1);
    outcome.figure_of_all(RowId::SlowChange, sizes != &FULL, median(&changes));
    if let Some((_, figure)) = outcome.figures.last_mut() {
        figure.spread = spread;
    }
    Ok(())
}

fn entity_bytes(run: &Run) -> Option<f64> {
    run.report.bytes_per_visible_moving_entity_tick
}

fn memory_kib(run: &Run) -> Option<f64> {
    let [before, after] = run.memory_bytes?;
    let players = run.report.joined.max(1) as f64;
    Some(after.saturating_sub(before) as f64 / players / 1_024.0)
}

fn is_less(found: u32, wanted: u32) -> bool {
    found < wanted
}
