//! The results of a benchmark: rows with verdicts, a line per load, and what spoils a figure.

use serde::Serialize;

use crate::figure::{Figure, median, spread};
use crate::floor::Floor;
use crate::load::Load;
use crate::machine::Conditions;
use crate::outcome::Outcome;
use crate::row::{Row, Target, Verdict};
use crate::run::{OTHER_CORES_MAX, Run};
use crate::scenario::Scenario;
use crate::scenarios::SCENARIOS;

/// Limit of the relative spread of the floors of one load on an otherwise idle machine.
const FLOOR_SPREAD_MAX: f64 = 0.15;

/// All results of a benchmark.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) conditions: Conditions,
    pub(crate) rows: Vec<Row>,
    pub(crate) lines: Vec<Line>,
    /// What a reader has to know besides the figures.
    pub(crate) notes: Vec<String>,
    /// Why the exit code is 1.
    pub(crate) failures: Vec<String>,
    pub(crate) scenarios: Vec<Outcome>,
    /// Whether the benchmark ended before all was measured.
    pub(crate) interrupted: bool,
}

/// One load: the medians of its runs that count, or of all its runs if none does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) scenario: &'static Scenario,
    pub(crate) load: Load,
    pub(crate) runs: usize,
    /// Whether none of the runs counts.
    pub(crate) doubtful: bool,
    pub(crate) visible: Option<f64>,
    pub(crate) cpu_us_per_client_tick: Option<f64>,
    pub(crate) floor_us_per_client_tick: Option<f64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) kb_per_s: Option<f64>,
    pub(crate) tick_ms_p99: Option<f64>,
    pub(crate) late_ms_p99: Option<f64>,
    pub(crate) off_beat_ms_p99: Option<f64>,
    /// Over all runs together.
    pub(crate) missed_ticks: Option<u64>,
    /// Over all runs together.
    pub(crate) checksums: u64,
    /// Share of the time in which the busiest thread of the swarm was busy; the largest of all
    /// runs.
    pub(crate) swarm_busy: f64,
}

impl Summary {
    pub(crate) fn new(conditions: Conditions, outcomes: Vec<Outcome>, interrupted: bool) -> Self {
        let mut notes = disturbances(&outcomes);
        if interrupted {
            notes.insert(0, "interrupted: the report covers only the time until then".to_owned());
        }
        notes.extend(outcomes.iter().flat_map(|outcome| outcome.notes.clone()));
        if let Some(problem) = conditions.pinned.strip_prefix("not pinned: ") {
            notes.push(format!(
                "server and swarm could not be kept on cores of their own ({problem}): they \
                 disturb each other"
            ));
        }
        Self {
            rows: rows(&outcomes),
            lines: outcomes.iter().flat_map(lines).collect(),
            failures: outcomes.iter().flat_map(|outcome| outcome.failures.clone()).collect(),
            notes,
            conditions,
            scenarios: outcomes,
            interrupted,
        }
    }

    /// Whether no view was wrong, no join failed and no player was disconnected.
    #[must_use]
    pub(crate) fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    /// Whether the benchmark ended before all was measured.
    #[must_use]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether each chosen scenario ran to its end and each of its rows has a figure.
    #[must_use]
    pub(crate) fn is_complete(&self) -> bool {
        let done = self.scenarios.iter().all(|outcome| outcome.problem.is_none());
        let asked =
            |row: &&Row| self.scenarios.iter().any(|outcome| outcome.scenario.name == row.scenario);
        done && self.rows.iter().filter(asked).all(|row| row.verdict != Verdict::NotMeasured)
    }
}

/// A row for each target of each scenario.
pub(crate) fn rows(outcomes: &[Outcome]) -> Vec<Row> {
    let of = |scenario: &'static Scenario| {
        let outcome = outcomes.iter().find(|outcome| outcome.scenario == scenario);
        scenario.targets.iter().map(move |target| row(target, scenario, outcome))
    };
    SCENARIOS.iter().flat_map(of).collect()
}

fn row(target: &Target, scenario: &Scenario, outcome: Option<&Outcome>) -> Row {
    let not_found = |doubt| Figure { doubt, ..Figure::default() };
    let figure = match outcome {
        Some(outcome) => {
            let found = outcome.figures.iter().find(|(known, _)| known.id == target.id);
            found.map_or_else(|| not_found(outcome.problem.clone()), |(_, figure)| figure.clone())
        }
        None => not_found(Some(format!("`{}` was not asked for", scenario.name))),
    };
    Row {
        target: *target,
        scenario: scenario.name,
        verdict: target.judge(&figure),
        figure,
        disturbed: outcome.is_some_and(is_disturbed),
    }
}

/// Whether other programs used the machine, or the floors suggest so.
fn is_disturbed(outcome: &Outcome) -> bool {
    other_cores(outcome) > OTHER_CORES_MAX
        || floor_spreads(outcome).any(|[low, high]| is_wide(low, high))
        || !all_floors(outcome).all(Floor::is_whole)
}

/// Notes for scenarios in which other programs used the machine or the floors of a load differ too
/// much.
fn disturbances(outcomes: &[Outcome]) -> Vec<String> {
    let mut others = Vec::new();
    let mut notes = Vec::new();
    for outcome in outcomes {
        let name = outcome.scenario.name;
        let cores = other_cores(outcome);
        if cores > OTHER_CORES_MAX {
            others.push(format!("{name} {cores:.1}"));
        }
        for [low, high] in floor_spreads(outcome).filter(|[low, high]| is_wide(*low, *high)) {
            notes.push(format!(
                "the machine was disturbed during {name}: the floor itself took {low:.1} to \
                 {high:.1} us per client-tick"
            ));
        }
    }
    for outcome in outcomes.iter().filter(|outcome| !all_floors(outcome).all(Floor::is_whole)) {
        notes.push(format!(
            "the machine was disturbed during {}: the floor left ticks out, or got its inputs late \
             and together, so it took too little",
            outcome.scenario.name
        ));
    }
    if !others.is_empty() {
        let others = others.join(", ");
        notes.push(format!(
            "the machine was disturbed: cores that others, or the host, took: {others}"
        ));
    }
    notes
}

/// Maximum of the cores that other programs used.
fn other_cores(outcome: &Outcome) -> f64 {
    outcome.runs.0.iter().filter_map(|run| run.other_cores).fold(0.0, f64::max)
}

fn all_floors(outcome: &Outcome) -> impl Iterator<Item = &Floor> {
    outcome.runs.0.iter().filter_map(|run| run.floor.as_ref())
}

/// The smallest and the largest floor of each load.
fn floor_spreads(outcome: &Outcome) -> impl Iterator<Item = [f64; 2]> {
    groups(outcome).into_iter().filter_map(|runs| spread(&floors(&runs)))
}

fn is_wide(low: f64, high: f64) -> bool {
    high / low - 1.0 > FLOOR_SPREAD_MAX
}

fn floors(runs: &[&Run]) -> Vec<f64> {
    let floors = runs.iter().filter_map(|run| run.floor.as_ref());
    floors.map(|floor| floor.cpu_us_per_client_tick).collect()
}

/// The runs of each load, ordered by the first run of each.
fn groups(outcome: &Outcome) -> Vec<Vec<&Run>> {
    let mut groups: Vec<Vec<&Run>> = Vec::new();
    for run in &outcome.runs.0 {
        match groups.iter_mut().find(|group| group[0].load == run.load) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}

fn lines(outcome: &Outcome) -> Vec<Line> {
    let line = |all: Vec<&Run>| {
        let sound: Vec<_> = all.iter().copied().filter(|run| run.doubt().is_none()).collect();
        let doubtful = sound.is_empty();
        let runs = if doubtful { all.clone() } else { sound };
        let middle = |value: &dyn Fn(&Run) -> Option<f64>| {
            median(&runs.iter().filter_map(|run| value(run)).collect::<Vec<_>>())
        };
        Line {
            scenario: outcome.scenario,
            load: runs[0].load.clone(),
            runs: runs.len(),
            doubtful,
            visible: middle(&|run| run.report.visible_entities_mean),
            cpu_us_per_client_tick: middle(&|run| run.cpu_us_per_client_tick),
            floor_us_per_client_tick: median(&floors(&runs)),
            ratio: middle(&Run::ratio),
            kb_per_s: middle(&|run| Some(run.report.payload_bytes_per_bot_s / 1e3)),
            tick_ms_p99: middle(&|run| run.report.server.tick_ms.map(|tick| tick.p99)),
            late_ms_p99: middle(&|run| run.report.server.tick_lateness_ms.map(|late| late.p99)),
            off_beat_ms_p99: middle(&Run::off_beat_ms),
            missed_ticks: all.iter().map(|run| run.report.server.missed_ticks).sum(),
            checksums: all.iter().map(|run| run.report.checksums_verified).sum(),
            swarm_busy: all.iter().map(|run| run.report.generator_busy).fold(0.0, f64::max),
        }
    };
    groups(outcome).into_iter().map(line).collect()
}
