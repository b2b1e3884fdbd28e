//! A counter that is told apart by a reason.

use std::sync::Arc;

use metrics::{Counter, counter, describe_counter};

/// A counter for each value of the label `reason`.
#[derive(Clone, Debug)]
pub struct Family(Arc<[(&'static str, Counter)]>);

impl Family {
    /// Counters of this name in the current registry: one for each reason, and `other`.
    pub(super) fn new(name: &'static str, help: &'static str, reasons: &[&'static str]) -> Self {
        describe_counter!(name, help);
        let labels = reasons.iter().chain(std::iter::once(&"other"));
        Self(labels.map(|reason| (*reason, counter!(name, "reason" => *reason))).collect())
    }

    /// Counts one under this reason; under `other` if it was not named at the start.
    pub fn count(&self, reason: &str) {
        self.add(reason, 1);
    }

    /// Counts `n` under this reason.
    pub fn add(&self, reason: &str, n: u64) {
        if n == 0 {
            return;
        }
        let named = self.0.iter().find(|(name, _)| *name == reason);
        if let Some((_, counter)) = named.or(self.0.last()) {
            counter.increment(n);
        }
    }
}
