//! What the keys of the report's JSON mean.

use crate::figure::Figure;
use crate::report::{DocumentFigures, FeelReport, Report, ServerFigures, StormFigures};

/// The text above the definitions.
const HEAD: &str = "\
What the file of --json holds. Times are in milliseconds; null where nothing was measured.
Percentiles are p50, p90, p99, p999 (99.9 %) and max. What is not of the whole run is of the
measured window.
";
/// Maximum width of a line.
const COLUMNS: usize = 92;

/// The definitions of all figures, in the order of the JSON.
#[must_use]
pub fn definitions() -> String {
    let mut text = HEAD.to_owned();
    for figure in Report::FIGURES {
        define(&mut text, 0, figure);
        match figure.key {
            "documents" => {
                DocumentFigures::FIGURES.iter().for_each(|part| define(&mut text, 4, part));
            }
            "feel" => FeelReport::FIGURES.iter().for_each(|part| define(&mut text, 4, part)),
            "server" => ServerFigures::FIGURES.iter().for_each(|part| define(&mut text, 4, part)),
            "storm" => StormFigures::FIGURES.iter().for_each(|part| define(&mut text, 4, part)),
            _ => {}
        }
    }
    text
}

/// Appends a key and its meaning, unless the key is not in the JSON.
fn define<T>(text: &mut String, indent: usize, figure: &Figure<T>) {
    if figure.text.is_empty() {
        return;
    }
    *text += &format!("\n{:indent$}{}", "", figure.key);
    let mut column = COLUMNS;
    for word in figure.text.split_whitespace() {
        if column + 1 + word.len() > COLUMNS {
            *text += &format!("\n{:1$}", "", indent + 3);
            column = indent + 3;
        }
        *text += " ";
        *text += word;
        column += 1 + word.len();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_is_defined_in_lines_that_a_terminal_holds() {
        let text = definitions();
        assert!(text.lines().all(|line| line.len() <= COLUMNS), "{text}");
        let words: BTreeSet<_> = text.lines().map(str::trim).collect();
        let keys = Report::FIGURES.iter().filter(|figure| !figure.text.is_empty());
        for key in keys.map(|figure| figure.key).chain(["jank_share", "asked_to_wait", "tick_ms"]) {
            assert!(words.contains(key), "{key}");
        }
    }
}
