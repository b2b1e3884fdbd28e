//! The runs of a scenario, and the figures that follow from several of them.

use serde::Serialize;

use crate::figure::{Figure, median};
use crate::run::Run;

/// All runs of a scenario, in their order.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Runs(pub(crate) Vec<Run>);

impl Runs {
    /// The runs whose figures are the server's. Where there are none, all, and why they are not.
    pub(crate) fn counting(&self) -> (Vec<&Run>, Option<String>) {
        let sound: Vec<_> = self.0.iter().filter(|run| run.doubt().is_none()).collect();
        if sound.is_empty() {
            return (self.0.iter().collect(), self.doubt());
        }
        (sound, None)
    }

    /// Why the first that does not count does not.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.0.iter().find_map(Run::doubt)
    }

    /// The median of the runs that count.
    pub(crate) fn median(&self, value: impl Fn(&Run) -> Option<f64>) -> Figure {
        let (runs, doubt) = self.counting();
        Figure::of(&runs.into_iter().filter_map(value).collect::<Vec<_>>(), doubt)
    }

    /// A figure that all runs have a part in.
    pub(crate) fn of_all(&self, value: Option<f64>) -> Figure {
        Figure { value, doubt: self.doubt(), ..Figure::default() }
    }

    /// By how much a value differs, percent, each time that two loads took turns.
    pub(crate) fn change(&self, value: impl Fn(&Run) -> Option<f64>) -> Figure {
        let change = |pair: &[Run]| {
            let [without, with] = pair else { return None };
            Some((value(with)? / value(without)? - 1.0) * 100.0)
        };
        Figure::of(&self.0.chunks(2).filter_map(change).collect::<Vec<_>>(), self.doubt())
    }

    /// The median of a value over some of the runs, whether or not they count.
    pub(crate) fn middle(
        &self,
        of: impl Fn(&Run) -> bool,
        value: impl Fn(&Run) -> Option<f64>,
    ) -> Option<f64> {
        let runs = self.0.iter().filter(|run| of(run));
        median(&runs.filter_map(value).collect::<Vec<_>>())
    }

    /// Missed ticks of all together; `None` when a server did not say.
    pub(crate) fn missed_ticks(&self) -> Option<f64> {
        let missed = self.0.iter().map(|run| run.report.server.missed_ticks);
        missed.sum::<Option<u64>>().map(|missed| missed as f64)
    }
}
