//! The jobs of a program.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;

use crate::job::{Account, Job};

/// Limit of jobs that are held. A further one takes the place of the oldest that is over; if none is,
/// of the oldest.
const JOBS_MAX: usize = 16;

/// Jobs that can be looked up.
#[derive(Clone, Debug)]
pub struct Jobs(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    /// When the program started: its jobs are not those of an earlier run.
    epoch_ms: u128,
    started: u64,
    accounts: VecDeque<Arc<Account>>,
}

impl Default for Jobs {
    fn default() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let held = Held { epoch_ms: now.as_millis(), started: 0, accounts: VecDeque::new() };
        Self(Arc::new(Mutex::new(held)))
    }
}

impl Jobs {
    /// Begins a job of a kind (one word, which its id starts with). `about` is whatever a page needs
    /// to draw it.
    #[must_use]
    pub fn begin(&self, kind: &'static str, title: &str, about: &impl Serialize) -> Job {
        let about = serde_json::to_value(about).unwrap_or_default();
        let mut held = self.held();
        held.started += 1;
        let id = format!("{kind}-{:x}-{}", held.epoch_ms, held.started);
        let job = Job::begin(id, kind, title.to_owned(), about);
        if held.accounts.len() == JOBS_MAX {
            let at = held.accounts.iter().position(|account| account.is_over()).unwrap_or(0);
            held.accounts.remove(at);
        }
        held.accounts.push_back(job.account());
        job
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<Account>> {
        self.held().accounts.iter().find(|account| account.id == id).cloned()
    }

    /// What each is, the newest first.
    pub(crate) fn heads(&self) -> Vec<Value> {
        self.held().accounts.iter().rev().map(|account| account.head()).collect()
    }

    /// No code panics while it holds the lock.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_job_that_is_over_makes_room() {
        let jobs = Jobs::default();
        let mut running: Vec<_> = (0..JOBS_MAX).map(|_| jobs.begin("test", "", &())).collect();
        let id = |job: &Job| job.account().id.clone();
        let (first, third) = (id(&running[0]), id(&running[2]));
        running.remove(2).finish(&());
        assert!(jobs.find(&third).is_some(), "it can be read after its end");
        running.push(jobs.begin("test", "", &()));
        assert!(jobs.find(&third).is_none() && jobs.find(&first).is_some());
        running.push(jobs.begin("test", "", &()));
        assert!(jobs.find(&first).is_none(), "none was over");
        assert_eq!(jobs.heads().len(), JOBS_MAX);
        assert_eq!(jobs.heads()[0]["id"], id(running.last().unwrap()));
    }
}
