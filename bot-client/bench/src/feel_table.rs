//! A table of how the game feels over each link: a row per figure, a column per link.

use drumbeat_bots::figure::{Value, rows};
use drumbeat_bots::report::FeelReport;

use crate::feel::link_name;
use crate::summary::Summary;

/// The figures of all measured links.
pub(crate) struct FeelTable {
    /// The names of the links.
    pub(crate) links: Vec<&'static str>,
    /// The label of each figure and its cells, one per link.
    pub(crate) rows: Vec<(&'static str, Vec<String>)>,
}

/// The table; `None` when nobody played at a screen.
pub(crate) fn feel_table(summary: &Summary) -> Option<FeelTable> {
    let runs = summary.scenarios.iter().flat_map(|outcome| &outcome.runs.0);
    let played = runs.filter_map(|run| Some((link_name(run)?, run.report.feel.as_ref()?)));
    let (links, reports): (Vec<_>, Vec<_>) = played.unzip();
    let labels = rows(FeelReport::FIGURES, reports.first()?).map(|row| row.label);
    let mut table: Vec<_> = labels.map(|label| (label, Vec::new())).collect();
    for report in &reports {
        for (row, (_, cells)) in rows(FeelReport::FIGURES, report).zip(&mut table) {
            cells.push(match row.value {
                Value::One(value) => row.unit.write(value),
                Value::Spread(spread) => row.unit.write(spread.map(|spread| spread.p99)),
            });
        }
    }
    Some(FeelTable { links, rows: table })
}
