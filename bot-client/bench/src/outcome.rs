//! What came of a scenario: its runs, and the figures that follow from them.

use serde::Serialize;

use crate::options::Scenario;
use crate::row::{Figure, RowId, median, spread};
use crate::run::Run;

/// What came of a scenario.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) scenario: Scenario,
    pub(crate) runs: Vec<Run>,
    #[serde(skip)]
    pub(crate) figures: Vec<(RowId, Figure)>,
    /// Why it could not be done to its end.
    pub(crate) problem: Option<String>,
    /// What a reader has to know beside the figures.
    pub(crate) notes: Vec<String>,
    /// Why the exit code is 1.
    pub(crate) failures: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            runs: Vec::new(),
            figures: Vec::new(),
            problem: None,
            notes: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, run: Run) {
        for failure in &run.report.failures {
            self.failures.push(format!("{}: {failure}", self.scenario.name()));
        }
        self.runs.push(run);
    }

    /// Takes a figure from the runs that count: the median, and how far they lie apart.
    pub(crate) fn figure(&mut self, id: RowId, value: impl Fn(&Run) -> Option<f64>) {
        let (runs, doubt) = self.counting();
        let values: Vec<_> = runs.into_iter().filter_map(value).collect();
        let spread = spread(&values).filter(|_| values.len() > 1);
        let figure = Figure { value: median(&values), spread, doubt, ..Figure::default() };
        self.figures.push((id, figure));
    }

    /// Takes a figure that all runs have a part in.
    pub(crate) fn figure_of_all(&mut self, id: RowId, value: Option<f64>) {
        let doubt = self.runs.iter().find_map(Run::doubt);
        self.figures.push((id, Figure { value, doubt, ..Figure::default() }));
    }

    /// Takes the median of what was found each time that two loads took turns.
    pub(crate) fn figure_of_changes(&mut self, id: RowId, changes: &[f64]) {
        let spread = spread(changes).filter(|_| changes.len() > 1);
        let doubt = self.runs.iter().find_map(Run::doubt);
        self.figures
            .push((id, Figure { value: median(changes), spread, doubt, ..Figure::default() }));
    }

    /// The runs whose figures are the server's. Where there are none, all, and why they are not.
    pub(crate) fn counting(&self) -> (Vec<&Run>, Option<String>) {
        let sound: Vec<_> = self.runs.iter().filter(|run| run.doubt().is_none()).collect();
        if sound.is_empty() {
            let doubt = self.runs.iter().find_map(Run::doubt);
            return (self.runs.iter().collect(), doubt);
        }
        (sound, None)
    }

    /// Marks figures of a lesser load, and those that need a core which the server did not have.
    pub(crate) fn mark(&mut self, reduced: bool, not_pinned: Option<&str>) {
        for (id, figure) in &mut self.figures {
            figure.reduced = reduced;
            if let Some(problem) = not_pinned.filter(|_| id.is_of_one_core()) {
                figure
                    .doubt
                    .get_or_insert_with(|| format!("the server had no core of its own: {problem}"));
            }
        }
    }

    /// Says how many runs do not count, and why the first of them does not.
    pub(crate) fn note_doubts(&mut self) {
        let doubts: Vec<_> = self.runs.iter().filter_map(Run::doubt).collect();
        if let Some(first) = doubts.first() {
            let (count, all) = (doubts.len(), self.runs.len());
            let name = self.scenario.name();
            self.notes.push(format!("{name}: {count} of {all} runs can't be counted on: {first}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_core_of_its_own_no_row_of_one_core_is_judged() {
        let mut outcome = Outcome::new(Scenario::Steady);
        outcome.figures =
            [RowId::SteadyCost, RowId::DriftBytes].map(|id| (id, Figure::default())).to_vec();
        outcome.mark(true, None);
        assert!(outcome.figures.iter().all(|(_, figure)| figure.reduced && figure.doubt.is_none()));
        outcome.mark(false, Some("there is only one core"));
        let doubts: Vec<_> = outcome.figures.iter().map(|(_, figure)| &figure.doubt).collect();
        let expected = "the server had no core of its own: there is only one core".to_owned();
        assert_eq!(doubts, [&Some(expected), &None]);
    }
}
