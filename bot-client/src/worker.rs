//! A thread with its own runtime and a share of the bots.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, RuntimeMetrics};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::bot::Stop;
use crate::figures::SharedTally;

/// How often a thread checks how late it is.
const BEAT: Duration = Duration::from_millis(10);
/// How long bots may take to leave once told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// A running thread.
#[derive(Debug)]
pub(crate) struct Worker {
    /// What its bots count.
    pub(crate) tally: SharedTally,
    metrics: RuntimeMetrics,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread and runs the tasks that `spawn` puts into the set. It ends when they have
    /// ended, or soon after `stop` is set.
    pub(crate) fn start(
        name: &str,
        stop: Stop,
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
                () = finish(&mut tasks, &shared) => {}
                _ = beat => {}
            }
        };
        let thread =
            thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(run))?;
        Ok(Self { tally, metrics, thread })
    }

    /// How long the thread has had work since it started: the time not spent waiting for sockets
    /// and timers, waiting for a core included.
    pub(crate) fn busy(&self) -> Duration {
        self.metrics.worker_total_busy_duration(0)
    }

    /// Waits for the end of the thread; false if it panicked. Blocks.
    pub(crate) fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}

/// Waits for all tasks. One that panicked counts as a disconnect.
async fn finish(tasks: &mut JoinSet<()>, tally: &SharedTally) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tally.lock().disconnects.count(format!("the bot failed: {error}"));
        }
    }
}

/// Records how late a task of this thread runs after it was due: as late as any frame is taken
/// from its socket. Ends [`GRACE`] after `stop` is set.
async fn beat(stop: Stop, tally: SharedTally) {
    let mut due = Instant::now();
    let mut stop_at = None;
    while stop_at.is_none_or(|at| due < at) {
        due += BEAT;
        sleep_until(due).await;
        let now = Instant::now();
        tally.lock().lateness.record_us((now - due).as_micros() as u64);
        due = due.max(now);
        if stop.is_set() {
            stop_at.get_or_insert(now + GRACE);
        }
    }
}
