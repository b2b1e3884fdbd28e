//! The results as the page of `--page` shows them: as far as they go, and at the end.

use drumbeat_bots::live::{Outcome as Shown, Table};
use serde_json::Value;

use crate::outcome::Outcome;
use crate::row::{Row, Verdict};
use crate::scenario::Scenario;
use crate::summary::{Summary, rows};
use crate::table::COLUMNS;

/// Every target that is asked for, with what these scenarios found and what the next one measures.
pub(crate) fn so_far(chosen: &[&'static Scenario], outcomes: &[Outcome]) -> Shown {
    let next = chosen.get(outcomes.len()).map(|scenario| scenario.name);
    let is_over = |name: &str| outcomes.iter().any(|outcome| outcome.scenario.name == name);
    let state = |row: &Row| match row.scenario {
        name if is_over(name) => verdict(row),
        name if Some(name) == next => "is measured now".to_owned(),
        _ => String::new(),
    };
    Shown {
        words: format!("{} of {} scenarios are over", outcomes.len(), chosen.len()),
        failures: outcomes.iter().flat_map(|outcome| outcome.failures.clone()).collect(),
        tables: vec![targets(&asked(&rows(outcomes), chosen), state)],
        report: Value::Null,
    }
}

/// The results of a benchmark, without those of single runs, of which `--json` makes a file.
pub(crate) fn report(summary: &Summary) -> Shown {
    let chosen: Vec<_> = summary.scenarios.iter().map(|outcome| outcome.scenario).collect();
    let rows = asked(&summary.rows, &chosen);
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let (short, open) = (count(Verdict::Short), count(Verdict::NotMeasured));
    let loads = summary.lines.iter().map(|line| {
        let cells = COLUMNS.iter().map(|column| (column.cell)(line));
        std::iter::once(line.name()).chain(cells).collect()
    });
    let loads = Table {
        title: "scenario",
        heads: COLUMNS.iter().map(|column| column.title).collect(),
        rows: loads.collect(),
    };
    let footnotes = summary.footnotes().map(str::to_owned);
    let notes = summary.notes.iter().cloned().chain(footnotes).map(|note| vec![note]).collect();
    let notes = Table { title: "notes", heads: Vec::new(), rows: notes };
    let tables = [targets(&rows, verdict), loads, notes].into_iter();
    let mut report = serde_json::to_value(summary).unwrap_or_default();
    if let Value::Object(fields) = &mut report {
        fields.remove("scenarios");
    }
    let how = if summary.is_interrupted() { "interrupted: " } else { "" };
    Shown {
        words: format!("{how}{} targets, {short} of them short, {open} not measured", rows.len()),
        failures: summary.failures.clone(),
        tables: tables.filter(|table| !table.rows.is_empty()).collect(),
        report,
    }
}

/// The rows of the scenarios that are asked for.
fn asked(rows: &[Row], chosen: &[&Scenario]) -> Vec<Row> {
    let is_asked = |row: &&Row| chosen.iter().any(|scenario| scenario.name == row.scenario);
    rows.iter().filter(is_asked).cloned().collect()
}

fn targets(rows: &[Row], state: impl Fn(&Row) -> String) -> Table {
    let cells = |row: &Row| {
        let bound = |bound| row.target.show_bound(bound);
        let (must, aim) = (bound(row.target.must), bound(row.target.aim));
        vec![row.target.what.to_owned(), row.figure_text(), must, aim, state(row)]
    };
    Table {
        title: "target",
        heads: vec!["figure", "must", "aim", "verdict"],
        rows: rows.iter().map(cells).collect(),
    }
}

/// The verdict; why there is none is among the notes.
fn verdict(row: &Row) -> String {
    let remark = if row.figure.doubt.is_some() { String::new() } else { row.remark() };
    format!("{}{remark}", row.verdict.words())
}
