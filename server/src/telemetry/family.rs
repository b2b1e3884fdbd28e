//! A counter split by reason.

use std::sync::Arc;

use metrics::{Counter, counter, describe_counter};

use crate::labels::Label;
use crate::tickets;

/// A counter for each value of the label `reason`.
#[derive(Clone, Debug)]
pub struct Family<R>(Arc<[(R, Counter)]>);

impl Family<tickets::Refused> {
    /// Those of tickets, and their lack, at the door and in the rooms.
    pub(super) fn refused_tickets() -> Self {
        let help = "Tickets, and their lack, that let nobody in, by reason";
        Self::new("drumbeat_refused_tickets_total", help)
    }
}

impl<R: Label> Family<R> {
    /// Creates counters of this name in the current registry, one per reason.
    pub(super) fn new(name: &'static str, help: &'static str) -> Self {
        describe_counter!(name, help);
        Self(R::all().map(|reason| (reason, counter!(name, "reason" => reason.label()))).collect())
    }

    /// Counts one under this reason.
    pub fn count(&self, reason: R) {
        self.add(reason, 1);
    }

    /// Counts `n` under this reason.
    pub fn add(&self, reason: R, n: u64) {
        if n == 0 {
            return;
        }
        if let Some((_, counter)) = self.0.iter().find(|(of, _)| *of == reason) {
            counter.increment(n);
        }
    }
}
