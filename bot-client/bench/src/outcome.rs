//! The outcome of a scenario: its runs, and the figures that follow from them.

use serde::Serialize;

use crate::figure::Figure;
use crate::row::Target;
use crate::run::Run;
use crate::runs::Runs;
use crate::scenario::Scenario;

/// The outcome of a scenario.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) scenario: &'static Scenario,
    pub(crate) runs: Runs,
    #[serde(skip)]
    pub(crate) figures: Vec<(&'static Target, Figure)>,
    /// Why the scenario did not complete.
    pub(crate) problem: Option<String>,
    /// What a reader has to know besides the figures.
    pub(crate) notes: Vec<String>,
    /// Why the exit code is 1.
    pub(crate) failures: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(scenario: &'static Scenario) -> Self {
        Self {
            scenario,
            runs: Runs::default(),
            figures: Vec::new(),
            problem: None,
            notes: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, run: Run) {
        for failure in &run.report.failures {
            self.failures.push(format!("{}: {failure}", self.scenario.name));
        }
        self.runs.0.push(run);
    }

    /// Computes the figures that the scenario has targets for.
    pub(crate) fn find_figures(&mut self) {
        let targets = self.scenario.targets.iter();
        self.figures = targets.map(|target| (target, (target.find)(&self.runs))).collect();
    }

    /// Marks figures of a reduced load, and those that need a server core when the server had none.
    pub(crate) fn mark(&mut self, reduced: bool, not_pinned: Option<&str>) {
        for (target, figure) in &mut self.figures {
            figure.reduced = reduced;
            if let Some(problem) = not_pinned.filter(|_| target.one_core) {
                figure
                    .doubt
                    .get_or_insert_with(|| format!("the server had no core of its own: {problem}"));
            }
        }
    }

    /// Notes how many runs do not count, and the reason for the first of them.
    pub(crate) fn note_doubts(&mut self) {
        let doubts: Vec<_> = self.runs.0.iter().filter_map(Run::doubt).collect();
        if let Some(first) = doubts.first() {
            let (count, all) = (doubts.len(), self.runs.0.len());
            let name = self.scenario.name;
            self.notes.push(format!("{name}: {count} of {all} runs can't be counted on: {first}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::AT_MOST;
    use crate::scenario::PLAIN;

    static SCENARIO: Scenario = Scenario {
        targets: &[Target { one_core: true, ..AT_MOST }, Target { one_core: false, ..AT_MOST }],
        ..PLAIN
    };

    #[test]
    fn without_a_core_of_its_own_no_row_of_one_core_is_judged() {
        let mut outcome = Outcome::new(&SCENARIO);
        outcome.find_figures();
        outcome.mark(true, None);
        assert!(outcome.figures.iter().all(|(_, figure)| figure.reduced && figure.doubt.is_none()));
        outcome.mark(false, Some("there is only one core"));
        let doubts: Vec<_> = outcome.figures.iter().map(|(_, figure)| &figure.doubt).collect();
        let expected = "the server had no core of its own: there is only one core".to_owned();
        assert_eq!(doubts, [&Some(expected), &None]);
    }
}
