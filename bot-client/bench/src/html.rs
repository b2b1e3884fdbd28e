//! The summary as one self-contained HTML file with plots, from the template `report.html`.

use drumbeat_bots::figures::{Percentiles, Waited};
use drumbeat_bots::server_metrics::{Buckets, Scrape};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::link_table::{LinkRow, LinkTable, link_tables};
use crate::plot::{self, Axis, Plot, Scale, Series};
use crate::run::Run;
use crate::summary::{Line, Summary};
use crate::table::COLUMNS;

/// Axis of the durations of a tick's parts, milliseconds.
const PHASE_AXIS: Axis = Axis { from: 0.02, to: 100.0, scale: Scale::Log };
/// The parts of a tick in order, and what they do.
const PHASES: [(&str, &str); 4] = [
    ("input", "Input: taking what players sent"),
    ("step", "Step: the rules of the game"),
    ("encode", "Encode: each change once"),
    ("fanout", "Fan-out: a frame for each player, written"),
];
/// The scenario whose loads differ only in the number of players.
const SCALE: &str = "scale";
/// The scenario whose times are plotted, if it ran.
const STEADY: &str = "steady";
/// Bins of a histogram of the clients' waits.
const BINS: usize = 80;

/// The data for the template.
#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    command: &'a str,
    conditions: [String; 4],
    failures: &'a [String],
    targets: Vec<TargetRow>,
    footnotes: Vec<&'static str>,
    notes: &'a [String],
    sections: Vec<Section>,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct TargetRow {
    what: &'static str,
    figure: String,
    must: String,
    aim: String,
    verdict: &'static str,
    remark: String,
}

/// Plots side by side.
#[derive(Serialize)]
struct Section {
    title: &'static str,
    figures: Vec<Captioned>,
}

#[derive(Serialize)]
struct Captioned {
    title: &'static str,
    plot: Plot,
    caption: String,
}

#[derive(Serialize)]
struct Table {
    title: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    legend: String,
}

/// The page.
///
/// # Panics
/// If the template has a mistake.
pub(crate) fn page(summary: &Summary) -> String {
    let page = Page {
        style: include_str!("page.css"),
        command: &summary.conditions.command,
        conditions: summary.conditions.lines(),
        failures: &summary.failures,
        targets: targets(summary),
        footnotes: summary.footnotes().collect(),
        notes: &summary.notes,
        sections: [costs(summary), waits(summary), phases(summary)].into_iter().flatten().collect(),
        tables: std::iter::once(loads(summary)).chain(links(summary)).collect(),
    };
    let mut templates = Environment::new();
    let template = templates.add_template("report.html", include_str!("report.html"));
    template.expect("the template is well formed");
    let template = templates.get_template("report.html").expect("it was just added");
    template.render(Serde(&page)).expect("the template fits its page")
}

fn targets(summary: &Summary) -> Vec<TargetRow> {
    let rows = summary.rows.iter().map(|row| TargetRow {
        what: row.target.what,
        figure: row.figure_text(),
        must: row.target.show_bound(row.target.must),
        aim: row.target.show_bound(row.target.aim),
        verdict: row.verdict.words(),
        remark: row.remark(),
    });
    rows.collect()
}

/// Cost per client and cost of the floor over the number of clients.
fn costs(summary: &Summary) -> Option<Section> {
    let of = |value: fn(&Line) -> Option<f64>| {
        let lines = summary.lines.iter().filter(|line| line.scenario.name == SCALE);
        lines.filter_map(|line| Some((f64::from(line.load.bots), value(line)?))).collect::<Vec<_>>()
    };
    let server = of(|line| line.cpu_us_per_client_tick);
    if server.len() < 2 {
        return None;
    }
    let floor = of(|line| line.floor_us_per_client_tick);
    let ticks = of(|line| line.tick_ms_p99);
    let series = [
        Series { name: "server", class: "server", points: server },
        Series { name: "floor", class: "floor", points: floor },
    ];
    let players = "players in one world";
    let costs = Captioned {
        title: "Server and floor",
        plot: plot::lines(&series, players, "CPU per client-tick, \u{b5}s"),
        caption: "One world at constant density, drifting players.".to_owned(),
    };
    let series = [Series { name: "tick, p99", class: "server", points: ticks }];
    let ticks = Captioned {
        title: "Time of a tick",
        plot: plot::lines(&series, players, "ms"),
        caption: "The server's own account, of the same runs.".to_owned(),
    };
    Some(Section { title: "Cost over the number of players", figures: vec![costs, ticks] })
}

/// The waits of the clients, in the runs that alternate with the floor.
fn waits(summary: &Summary) -> Option<Section> {
    let (name, runs) = subject(summary)?;
    let mut waited = Waited::default();
    runs.iter().for_each(|run| waited.absorb(&run.report.waited));
    let period_ms = 1e3 / f64::from(runs[0].load.tick_hz);
    let plots = [
        (
            "Time between two frames of a client",
            &waited.frame_spacing,
            [period_ms - 10.0, period_ms + 10.0],
            "What lies beyond is in the first and the last bar.",
        ),
        (
            "From an input to the frame that acknowledges it",
            &waited.input_to_state,
            [0.0, period_ms * 2.0],
            "A bot sends its input when it has a frame, so a whole tick is the least.",
        ),
    ];
    let figures = plots.map(|(title, timings, [from, to], caption)| {
        let x = Axis { from, to, scale: Scale::Linear };
        let marks = marks(timings.percentiles());
        let plot = plot::histogram(x, &timings.bins(from, to, BINS), &marks, "ms");
        Captioned { title, plot, caption: format!("{caption} Scenario {name}.") }
    });
    Some(Section { title: "What clients wait for", figures: figures.into() })
}

/// The parts of a tick, from the server's metrics.
fn phases(summary: &Summary) -> Option<Section> {
    let (name, runs) = subject(summary)?;
    let scrapes = || runs.iter().filter_map(|run| run.report.scrape.as_ref());
    let first = scrapes().next()?;
    let show = |title, part: &dyn Fn(&Scrape) -> Option<Buckets>| {
        let mut sum = Buckets::default();
        scrapes().filter_map(part).for_each(|buckets| sum.absorb(&buckets));
        let marks = marks(sum.percentiles());
        let plot = plot::histogram(PHASE_AXIS, &sum.bins(), &marks, "ms, logarithmic");
        Captioned { title, plot, caption: format!("The server's own account. Scenario {name}.") }
    };
    let mut figures = vec![show("The whole tick", &|scrape| Some(scrape.tick.clone()))];
    for (phase, title) in PHASES.into_iter().filter(|(phase, _)| first.phases.contains_key(*phase))
    {
        figures.push(show(title, &|scrape| scrape.phases.get(phase).cloned()));
    }
    figures.push(show("How late a tick starts", &|scrape| Some(scrape.lateness.clone())));
    Some(Section { title: "Parts of a tick", figures })
}

fn loads(summary: &Summary) -> Table {
    let row = |line: &Line| {
        let cells = COLUMNS.iter().map(|column| (column.cell)(line));
        std::iter::once(line.name()).chain(cells).collect()
    };
    Table {
        title: "All loads",
        heads: std::iter::once("scenario").chain(COLUMNS.iter().map(|it| it.title)).collect(),
        rows: summary.lines.iter().map(row).collect(),
        legend:
            "Medians where a load ran several times. Verified: checksums of views that the bots \
                 compared."
                .to_owned(),
    }
}

/// The figures over each link.
fn links(summary: &Summary) -> Vec<Table> {
    let table = |LinkTable { title, links, rows, .. }: LinkTable| {
        let legend: Vec<_> =
            rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
        let row = |row: LinkRow| std::iter::once(row.label.to_owned()).chain(row.cells).collect();
        Table {
            title,
            heads: std::iter::once("").chain(links).collect(),
            rows: rows.into_iter().map(row).collect(),
            legend: format!("Two numbers: p50 / p99. {}", legend.join(" ")),
        }
    };
    link_tables(summary).into_iter().map(table).collect()
}

/// The plotted runs: those of `steady` that count, or of the first scenario if `steady` did not
/// run.
fn subject(summary: &Summary) -> Option<(&'static str, Vec<&Run>)> {
    let steady = summary.scenarios.iter().find(|outcome| outcome.scenario.name == STEADY);
    let outcome = steady.or(summary.scenarios.first())?;
    let (runs, _) = outcome.runs.counting();
    (!runs.is_empty()).then_some((outcome.scenario.name, runs))
}

fn marks(percentiles: Option<Percentiles>) -> Vec<(&'static str, f64)> {
    percentiles.map_or(Vec::new(), |found| vec![("p50", found.p50), ("p99", found.p99)])
}
