//! Threads that share the fan-out of a room.
//!
//! A room's own thread always takes part. The helper threads serve one room at a time: a room that
//! finds them busy with another, or has few clients, does without them. So no room waits for
//! another's work.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::busy::Busy;

/// Items that a thread takes at once: much less work than a tick, much more than taking them.
const BATCH: usize = 32;

/// The threads could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {count} shards: {reason}; choose fewer with --shards")]
pub struct ShardsError {
    /// Threads that were asked for.
    count: usize,
    /// The system's error.
    reason: rayon::ThreadPoolBuildError,
}

/// A room's thread and its helpers.
#[derive(Clone, Debug)]
pub struct Shards {
    /// How many threads a room may use, at least 1.
    count: usize,
    /// `None` when the room's own thread does all the work.
    helpers: Option<Arc<Mutex<rayon::ThreadPool>>>,
}

impl Default for Shards {
    /// Only the room's own thread.
    fn default() -> Self {
        Self { count: 1, helpers: None }
    }
}

impl Shards {
    /// Starts the helpers: each room uses `count` threads, its own included.
    ///
    /// # Errors
    /// When the system refuses more threads.
    pub fn new(count: usize) -> Result<Self, ShardsError> {
        let helpers = match count {
            0 | 1 => None,
            _ => {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(count - 1)
                    .thread_name(|index| format!("shard {index}"))
                    .build()
                    .map_err(|reason| ShardsError { count, reason })?;
                Some(Arc::new(Mutex::new(pool)))
            }
        };
        Ok(Self { count: count.max(1), helpers })
    }

    /// Calls `work` once for every item, in any order. Each thread uses one of the `scratches` for
    /// itself; there are as many of them as were ever needed.
    ///
    /// # Panics
    /// When `work` panics.
    pub fn share<T: Send, D: Default + Send>(
        &self,
        items: &mut [T],
        scratches: &mut Vec<D>,
        work: impl Fn(&mut T, &mut D) + Sync,
    ) {
        let mut needed = items.len().div_ceil(BATCH).clamp(1, self.count);
        let helpers = if needed > 1 { self.free_helpers() } else { None };
        if helpers.is_none() {
            needed = 1;
        }
        if scratches.len() < needed {
            scratches.resize_with(needed, D::default);
        }
        let batches = Mutex::new(items.chunks_mut(BATCH));
        let next = || batches.lock().unwrap_or_else(PoisonError::into_inner).next();
        let run = |scratch: &mut D| {
            while let Some(batch) = next() {
                batch.iter_mut().for_each(|item| work(item, scratch));
            }
        };
        let (own, others) = scratches[..needed].split_first_mut().expect("at least one is needed");
        match helpers {
            Some(helpers) => helpers.in_place_scope(|scope| {
                for scratch in others {
                    scope.spawn(|_| {
                        let _busy = Busy::begin();
                        run(scratch);
                    });
                }
                run(own);
            }),
            None => run(own),
        }
    }

    /// The helpers, unless they are busy with another room.
    fn free_helpers(&self) -> Option<MutexGuard<'_, rayon::ThreadPool>> {
        match self.helpers.as_ref()?.try_lock() {
            Ok(helpers) => Some(helpers),
            // Another room's rules panicked; the threads are unharmed.
            Err(TryLockError::Poisoned(helpers)) => Some(helpers.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_however_many_threads_there_are() {
        for count in [1, 2, 5] {
            let shards = Shards::new(count).unwrap();
            for length in [0, 1, BATCH, BATCH + 1, 1_000] {
                let mut items = vec![0; length];
                let mut scratches: Vec<usize> = Vec::new();
                shards.share(&mut items, &mut scratches, |item, scratch| {
                    *item += 1;
                    *scratch += 1;
                });
                assert!(items.iter().all(|times| *times == 1), "{length} items, {count} threads");
                assert_eq!(scratches.iter().sum::<usize>(), length);
                assert!(scratches.len() <= count);
            }
        }
    }

    #[test]
    fn threads_do_take_part() {
        let shards = Shards::new(3).unwrap();
        let everyone = std::sync::Barrier::new(3);
        let mut scratches: Vec<bool> = Vec::new();
        // Nobody continues before all three are there.
        shards.share(&mut [0; 3 * BATCH], &mut scratches, |_, scratch| {
            if !std::mem::replace(scratch, true) {
                everyone.wait();
            }
        });
        assert_eq!(scratches, [true; 3]);
    }

    #[test]
    fn a_panic_reaches_the_room_and_leaves_the_helpers() {
        let shards = Shards::new(2).unwrap();
        let mut items: Vec<usize> = (0..10 * BATCH).collect();
        let work = |item: &mut usize, (): &mut ()| assert_ne!(*item, 5 * BATCH, "as planned");
        let share = || shards.share(&mut items, &mut Vec::new(), work);
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(share)).is_err());
        assert!(shards.free_helpers().is_some());
    }

    #[test]
    fn a_room_does_without_helpers_that_are_with_another() {
        let shards = Shards::new(2).unwrap();
        let with_another = shards.free_helpers();
        let mut scratches: Vec<usize> = Vec::new();
        shards.clone().share(&mut [0; 3 * BATCH], &mut scratches, |_, scratch| *scratch += 1);
        assert_eq!(scratches, [3 * BATCH]);
        drop(with_another);
        assert!(shards.free_helpers().is_some());
    }
}
