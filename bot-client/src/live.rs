//! The progress of a run on a page, while it lasts: figures of each second as charts, what happens as
//! lines, the report at the end.

use std::net::SocketAddr;

use drumbeat_push::{Job, JobsPage, PageError, Progress as Done};
use serde::Serialize;
use serde_json::json;

use crate::aside::say;
use crate::figure::{NUMBER, Section, Value};
use crate::figures::Percentiles;
use crate::progress::Progress;
use crate::report::Report;

/// The page of a run.
#[derive(Debug)]
pub struct Live {
    page: JobsPage,
    job: Job,
    last: Option<Progress>,
}

/// The figures of a second.
#[derive(Serialize)]
struct Sample {
    connected: u64,
    failed_joins: u64,
    frames_per_s: f64,
    input_p50: Option<f64>,
    input_p99: Option<f64>,
    tick_p50: Option<f64>,
    tick_p99: Option<f64>,
    missed_ticks: Option<u64>,
    mismatches: u64,
    busy_percent: f64,
}

impl Sample {
    fn of(progress: &Progress) -> Self {
        let Progress { input_to_state_ms: input, tick_ms: tick, .. } = progress;
        let of = |times: &Option<Percentiles>, which: fn(&Percentiles) -> f64| {
            times.as_ref().map(which).map(thousandths)
        };
        Self {
            connected: progress.connected,
            failed_joins: progress.failed_joins,
            frames_per_s: thousandths(progress.frames_per_s),
            input_p50: of(input, |times| times.p50),
            input_p99: of(input, |times| times.p99),
            tick_p50: of(tick, |times| times.p50),
            tick_p99: of(tick, |times| times.p99),
            missed_ticks: progress.missed_ticks,
            mismatches: progress.mismatches,
            busy_percent: thousandths(progress.busy * 100.0),
        }
    }
}

/// Rounded, so that an entry is short.
fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// A chart: its title, its unit, and its lines as keys of a sample and names.
type Chart = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CHARTS: [Chart; 6] = [
    ("Players", "", &[("connected", "connected"), ("failed_joins", "could not join")]),
    ("From input to state", "ms", &[("input_p50", "p50"), ("input_p99", "p99")]),
    ("The server's ticks", "ms", &[("tick_p50", "p50"), ("tick_p99", "p99")]),
    ("Faults so far", "", &[("missed_ticks", "missed ticks"), ("mismatches", "mismatches")]),
    ("Frames received", "each second", &[("frames_per_s", "by all")]),
    ("The swarm's busiest thread", "%", &[("busy_percent", "busy")]),
];

impl Live {
    /// Serves the page at an address and says where it is.
    ///
    /// # Errors
    /// When the system does not let it listen there.
    pub fn open(address: SocketAddr, kind: &'static str, title: &str) -> Result<Self, PageError> {
        let page = JobsPage::open(address)?;
        let charts = CHARTS.map(|(title, unit, series)| {
            let series: Vec<_> =
                series.iter().map(|(key, name)| json!({ "key": key, "name": name })).collect();
            json!({ "title": title, "unit": unit, "series": series })
        });
        let job = page.jobs().begin(kind, title, &json!({ "charts": charts }));
        let live = Self { page, job, last: None };
        say(&format!("progress: {}", live.url()));
        Ok(live)
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn url(&self) -> String {
        self.page.url()
    }

    /// Shows the figures of a second, and how far the work is: its stage, the part done, the whole,
    /// and what is counted.
    pub fn sample(&self, stage: &'static str, extent: (u64, u64, &'static str), now: &Progress) {
        let (done, of, unit) = extent;
        self.job.sample(Done { stage, done, of, unit }, &Sample::of(now));
    }

    /// Shows the progress of a run.
    pub fn show(&mut self, progress: &Progress) {
        let stage = progress.phase_name();
        self.sample(stage, progress.extent(), progress);
        let last = self.last.replace(progress.clone());
        if last.as_ref().is_none_or(|last| last.phase_name() != stage) {
            self.job.line(&format!("{stage}: {progress}"));
        }
        let counts = |progress: &Progress| {
            [progress.failed_joins, progress.mismatches, progress.missed_ticks.unwrap_or(0)]
        };
        let before = last.as_ref().map_or([0; 3], counts);
        let names = ["bots could not join", "mismatches", "ticks missed"];
        for ((now, before), name) in counts(progress).into_iter().zip(before).zip(names) {
            if now > before {
                self.job.line(&format!("{name} so far: {now}"));
            }
        }
        let lost = last.map_or(0, |last| last.connected.saturating_sub(progress.connected));
        if lost > 0 {
            self.job.line(&format!("connections lost: {lost}"));
        }
    }

    /// Says a line.
    pub fn line(&self, text: &str) {
        self.job.line(text);
    }

    /// Shows what was found so far, in place of what it showed before.
    pub fn so_far(&self, outcome: &Outcome) {
        self.job.so_far(outcome);
    }

    /// Ends with a result, or the reason why there is none, once the readers have got it.
    pub fn end(self, outcome: Result<Outcome, String>) {
        match outcome {
            Ok(outcome) => self.job.finish(&outcome),
            Err(reason) => self.job.fail(&reason),
        }
        self.page.end();
    }
}

/// A result, as the page shows it and as a file holds it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// All in a few words.
    pub words: String,
    /// What failed.
    pub failures: Vec<String>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// The report itself; null if it is too long for a page.
    pub report: serde_json::Value,
}

/// A table of a result.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What its first column holds.
    pub title: &'static str,
    /// The heads of the others.
    pub heads: Vec<&'static str>,
    /// Its rows, cell by cell.
    pub rows: Vec<Vec<String>>,
}

impl Outcome {
    /// That of a run.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let words = match report.failures.len() {
            0 => "no failures".to_owned(),
            1 => "one failure".to_owned(),
            more => format!("{more} failures"),
        };
        Self {
            words,
            failures: report.failures.clone(),
            tables: Section::ALL.iter().filter_map(|section| table(report, *section)).collect(),
            report: serde_json::to_value(report).unwrap_or_default(),
        }
    }
}

/// The rows of a section, if it has any.
fn table(report: &Report, (section, title): (Section, &'static str)) -> Option<Table> {
    let mut heads = Vec::new();
    let mut rows = Vec::new();
    for row in report.rows().filter(|row| row.section == section) {
        let values = match row.value {
            Value::One(value) => vec![row.unit.write(value)],
            Value::Spread(times) => {
                heads = vec!["p50", "p90", "p99", "p99.9", "max"];
                let times = times.map(|Percentiles { p50, p90, p99, p999, max }| {
                    [p50, p90, p99, p999, max].map(Some)
                });
                times.unwrap_or_default().map(|time| NUMBER.write(time)).to_vec()
            }
        };
        rows.push(std::iter::once(row.label.to_owned()).chain(values).collect());
    }
    (!rows.is_empty()).then_some(Table { title, heads, rows })
}
