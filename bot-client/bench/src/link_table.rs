//! Tables of figures over each link: a row per figure, a column per link.

use drumbeat_bots::figure::{Figure, Value, rows};
use drumbeat_bots::report::{DocumentFigures, FeelReport, Report};

use crate::links::link_name;
use crate::summary::Summary;

/// The figures of all links that a scenario measured.
pub(crate) struct LinkTable {
    pub(crate) title: &'static str,
    /// The names of the links.
    pub(crate) links: Vec<&'static str>,
    pub(crate) rows: Vec<LinkRow>,
    /// Where `drumbeat-bots --help-json` defines the figures.
    pub(crate) key: &'static str,
}

/// A figure over each link.
pub(crate) struct LinkRow {
    pub(crate) label: &'static str,
    /// The definition of the figure.
    pub(crate) text: &'static str,
    pub(crate) cells: Vec<String>,
}

/// The tables of the scenarios that were measured over links.
pub(crate) fn link_tables(summary: &Summary) -> Vec<LinkTable> {
    let feel =
        table(summary, ("feel", "How it feels over", "feel"), FeelReport::FIGURES, |report| {
            report.feel.as_ref()
        });
    let board = ("board", "Drawing over", "documents");
    let board = table(summary, board, DocumentFigures::FIGURES, |report| report.documents.as_ref());
    feel.into_iter().chain(board).collect()
}

/// The table of a scenario; `None` when it was not measured.
fn table<T>(
    summary: &Summary,
    (scenario, title, key): (&str, &'static str, &'static str),
    figures: &'static [Figure<T>],
    part: impl Fn(&Report) -> Option<&T>,
) -> Option<LinkTable> {
    let outcome = summary.scenarios.iter().find(|outcome| outcome.scenario.name == scenario)?;
    let mut links = Vec::new();
    let shown = figures.iter().filter_map(|it| Some((it.show.as_ref()?.label, it.text)));
    let row = |(label, text)| LinkRow { label, text, cells: Vec::new() };
    let mut table: Vec<_> = shown.map(row).collect();
    for run in &outcome.runs.0 {
        let Some(report) = part(&run.report) else { continue };
        links.push(link_name(run).unwrap_or("no link"));
        for (figure, row) in rows(figures, report).zip(&mut table) {
            row.cells.push(match figure.value {
                Value::One(value) => figure.unit.write(value),
                Value::Spread(None) => figure.unit.write(None),
                Value::Spread(Some(it)) => format!("{:.0} / {:.0}", it.p50, it.p99),
            });
        }
    }
    table.retain(|row| row.cells.iter().any(|cell| cell != "-"));
    (!links.is_empty()).then_some(LinkTable { title, links, rows: table, key })
}
