//! How late the threads that read game connections get to what is ready. A task among the readers
//! that wants to run ten times a second measures it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use metrics::Histogram;
use tokio::time::{Instant, sleep_until};

/// Time between two measurements.
const PERIOD: Duration = Duration::from_millis(100);
/// Measurements of which the largest counts: ten seconds.
const LOOKS: usize = 100;

/// The largest lateness of the last ten seconds. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct ReadLateness(Arc<AtomicU64>);

impl ReadLateness {
    /// The largest lateness, microseconds.
    #[must_use]
    pub fn max_us(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Measures forever. Run this where game connections are read.
    pub(crate) async fn watch(self, histogram: Histogram) {
        let mut last = VecDeque::with_capacity(LOOKS);
        loop {
            let due = Instant::now() + PERIOD;
            sleep_until(due).await;
            let late = due.elapsed();
            histogram.record(late.as_secs_f64());
            if last.len() >= LOOKS {
                last.pop_front();
            }
            last.push_back(late.as_micros() as u64);
            self.0.store(last.iter().copied().max().unwrap_or(0), Relaxed);
        }
    }
}
