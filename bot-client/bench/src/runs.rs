//! The runs of a scenario, and the figures that follow from several of them.

use serde::Serialize;

use crate::figure::{Figure, median};
use crate::run::Run;

/// All runs of a scenario, in order.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Runs(pub(crate) Vec<Run>);

impl Runs {
    /// The runs that count, whose figures are the server's. If there are none, all runs, and the
    /// reason.
    pub(crate) fn counting(&self) -> (Vec<&Run>, Option<String>) {
        let sound: Vec<_> = self.0.iter().filter(|run| run.doubt().is_none()).collect();
        if sound.is_empty() {
            return (self.0.iter().collect(), self.doubt());
        }
        (sound, None)
    }

    /// The reason for the first run that does not count.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.0.iter().find_map(Run::doubt)
    }

    /// The median of the runs that count.
    pub(crate) fn median(&self, value: impl Fn(&Run) -> Option<f64>) -> Figure {
        let (runs, doubt) = self.counting();
        Figure::of(&runs.into_iter().filter_map(value).collect::<Vec<_>>(), doubt)
    }

    /// A figure to which all runs contribute.
    pub(crate) fn of_all(&self, value: Option<f64>) -> Figure {
        Figure { value, doubt: self.doubt(), ..Figure::default() }
    }

    /// The differences of a value, in percent, within each pair of runs of two alternating loads.
    pub(crate) fn change(&self, value: impl Fn(&Run) -> Option<f64>) -> Figure {
        let change = |pair: &[Run]| {
            let [without, with] = pair else { return None };
            Some((value(with)? / value(without)? - 1.0) * 100.0)
        };
        Figure::of(&self.0.chunks(2).filter_map(change).collect::<Vec<_>>(), self.doubt())
    }

    /// The median of a value over some of the runs, counting or not.
    pub(crate) fn middle(
        &self,
        of: impl Fn(&Run) -> bool,
        value: impl Fn(&Run) -> Option<f64>,
    ) -> Option<f64> {
        let runs = self.0.iter().filter(|run| of(run));
        median(&runs.filter_map(value).collect::<Vec<_>>())
    }

    /// Missed ticks of all runs together; `None` when a server did not report them.
    pub(crate) fn missed_ticks(&self) -> Option<f64> {
        let missed = self.0.iter().map(|run| run.report.server.missed_ticks);
        missed.sum::<Option<u64>>().map(|missed| missed as f64)
    }
}
