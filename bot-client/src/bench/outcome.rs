//! What came of a scenario: its runs, and the figures that follow from them.

use serde::Serialize;

use super::harness::Run;
use super::options::Scenario;
use super::row::{Figure, RowId, median, spread};

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
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            runs: Vec::new(),
            figures: Vec::new(),
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

    /// Takes a figure from the runs that are not in doubt, or from all when all are: the median,
    /// and how far they lie apart.
    pub(crate) fn figure(&mut self, id: RowId, reduced: bool, value: impl Fn(&Run) -> Option<f64>) {
        let sound = self.sound().any(|run| value(run).is_some());
        let runs = self.runs.iter().filter(|run| !sound || run.doubt().is_none());
        let values: Vec<_> = runs.filter_map(value).collect();
        let doubt = self.runs.iter().find_map(Run::doubt).filter(|_| !sound);
        let spread = spread(&values).filter(|_| values.len() > 1);
        self.figures.push((id, Figure { value: median(&values), spread, reduced, doubt }));
    }

    /// Takes a figure that all runs have a part in.
    pub(crate) fn figure_of_all(&mut self, id: RowId, reduced: bool, value: Option<f64>) {
        let doubt = self.runs.iter().find_map(Run::doubt);
        self.figures.push((id, Figure { value, spread: None, reduced, doubt }));
    }

    /// The runs whose figures are the server's.
    fn sound(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.doubt().is_none())
    }

    /// Says which runs do not count.
    pub(crate) fn note_doubts(&mut self) {
        let all = self.runs.len();
        for run in self.runs.iter().filter(|run| run.doubt().is_some()) {
            let doubt = run.doubt().unwrap_or_default();
            let (name, bots) = (self.scenario.name(), run.load.bots);
            self.notes.push(format!("{name}: a run of {all} with {bots} players: {doubt}"));
        }
    }
}
