//! A thread with its own runtime and a share of the bots.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, RuntimeMetrics};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::figures::{SharedTally, Timings};
use crate::flag::Flag;

/// Time between two checks of how late the thread is.
const BEAT: Duration = Duration::from_millis(10);
/// How long bots may take to leave after the stop signal.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

/// A running thread.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The counts of its bots.
    pub(crate) tally: SharedTally,
    metrics: RuntimeMetrics,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread and runs the tasks that `spawn` puts into the set. The thread ends when they
    /// have ended, or soon after `stop` is set.
    pub(crate) fn start(
        name: &str,
        stop: Flag,
        spawn: impl FnOnce(&mut JoinSet<()>, &SharedTally) + Send + 'static,
    ) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let metrics = runtime.metrics();
        let tally = SharedTally::default();
        let shared = tally.clone();
        let run = async move {
            let mut tasks = JoinSet::new();
            spawn(&mut tasks, &shared);
            let beat = tokio::spawn(beat(stop, shared.clone()));
            tokio::select! {
                () = async { while tasks.join_next().await.is_some() {} } => {}
                _ = beat => {}
            }
        };
        let thread =
            thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(run))?;
        Ok(Self { tally, metrics, thread })
    }

    /// How long the thread has been busy since it started: the time not spent waiting for sockets
    /// and timers. A wait for a core counts while there is work. After a wake-up it does not count,
    /// and only [`beat`] sees it.
    pub(crate) fn busy(&self) -> Duration {
        self.metrics.worker_total_busy_duration(0)
    }

    /// Whether the thread has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the thread to end; false if it panicked. Blocks.
    pub(crate) fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}

/// Records how late a due task of this thread runs; frames are read from their sockets just as
/// late. After a long stall every beat due during the stall counts, not only the last. Ends
/// [`GRACE`] after `stop` is set.
async fn beat(stop: Flag, tally: SharedTally) {
    let mut due = Instant::now() + BEAT;
    let mut stop_at = None;
    while stop_at.is_none_or(|at| due < at) {
        sleep_until(due).await;
        let now = Instant::now();
        due = record_beats(due, now, &mut tally.lock().lateness);
        if stop.is_set() {
            stop_at.get_or_insert(now + GRACE);
        }
    }
}

/// Records the lateness of all beats due until `now`. Returns when the next one is due.
fn record_beats(mut due: Instant, now: Instant, lateness: &mut Timings) -> Instant {
    while due <= now {
        lateness.record_us((now - due).as_micros() as u64);
        due += BEAT;
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_leaves_a_sample_for_every_beat_in_it() {
        let (start, mut lateness) = (Instant::now(), Timings::default());
        let mut due = start + BEAT;
        for beat in 1..=300 {
            due = record_beats(due, start + BEAT * beat, &mut lateness);
        }
        assert_eq!(lateness.percentiles().unwrap().max, 0.0);
        let stalled = BEAT * 100;
        due = record_beats(due, start + BEAT * 300 + stalled, &mut lateness);
        assert_eq!(due, start + BEAT * 401);
        // A quarter of the beats were due during the stall of 1 s.
        let found = lateness.percentiles().unwrap();
        assert_eq!(found.p50, 0.0);
        assert!(found.p90 > 500.0 && found.p99 > 900.0, "{found:?}");
    }
}
