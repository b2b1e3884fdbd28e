//! Output on its own thread, so that a run never waits for a paused terminal or an unread pipe.

use std::io::{Write, stderr};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Limit of waiting jobs; further jobs are dropped.
const JOBS_WAITING_MAX: usize = 256;
/// How long `finish` waits for the remaining jobs.
const FINISH_LIMIT: Duration = Duration::from_millis(200);

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// A thread that owns an `S` and runs jobs on it in order.
#[derive(Debug)]
pub struct Aside<S>(SyncSender<Job<S>>);

impl<S: Send + 'static> Aside<S> {
    /// Moves `shown` to a new thread. If the system has no thread left, nothing is shown.
    pub fn new(mut shown: S) -> Self {
        let (jobs, waiting) = sync_channel::<Job<S>>(JOBS_WAITING_MAX);
        let work = move || waiting.into_iter().for_each(|job| job(&mut shown));
        drop(thread::Builder::new().name("aside".to_owned()).spawn(work));
        Self(jobs)
    }

    /// Queues a job, or drops it if too many wait.
    pub fn queue(&self, job: impl FnOnce(&mut S) + Send + 'static) {
        drop(self.0.try_send(Box::new(job)));
    }

    /// Waits until all jobs are done, but only for a moment.
    pub fn finish(&self) {
        let (done, all_done) = sync_channel(1);
        self.queue(move |_| {
            let _ = done.send(());
        });
        let _ = all_done.recv_timeout(FINISH_LIMIT);
    }
}

/// Prints a line to standard error, waiting only a moment for it.
pub fn say(line: &str) {
    let (done, said) = sync_channel(1);
    let text = line.to_owned();
    let speak = move || {
        let _ = writeln!(stderr(), "{text}");
        let _ = done.send(());
    };
    if thread::Builder::new().name("aside".to_owned()).spawn(speak).is_ok() {
        let _ = said.recv_timeout(FINISH_LIMIT);
    } else {
        // Printing may block here, but the line may be the reason why there is no run.
        let _ = writeln!(stderr(), "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_done_in_order_and_nobody_waits_for_what_is_stuck() {
        let (done, received) = sync_channel(2 * JOBS_WAITING_MAX);
        let aside = Aside::new(0);
        let (go_on, stuck) = sync_channel::<()>(1);
        aside.queue(move |_| {
            let _ = stuck.recv();
        });
        for _ in 0..2 * JOBS_WAITING_MAX {
            let done = done.clone();
            aside.queue(move |count| {
                *count += 1;
                done.send(*count).unwrap();
            });
        }
        aside.finish();
        assert_eq!(received.try_iter().count(), 0);
        drop((go_on, done, aside));
        let received: Vec<usize> = received.iter().collect();
        // The job that blocked the thread may still have been in the queue.
        assert!((JOBS_WAITING_MAX - 1..=JOBS_WAITING_MAX).contains(&received.len()));
        assert!(received.iter().copied().eq(1..=received.len()));
    }
}
