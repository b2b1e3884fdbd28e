//! Threads that share the fan-out of a room.
//!
//! A room's own thread always takes part. The helpers beside it serve one room at a time: a room
//! that finds them with another, or has few clients, does without them. So no room waits for what
//! another has to do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::busy::Busy;

/// Items that a thread takes at once: much less than a tick's work, much more than the taking.
const BATCH: usize = 32;

/// The threads could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {count} shards: {reason}; choose fewer with --shards")]
pub struct ShardsError {
    /// How many were asked for.
    count: usize,
    /// What the system said.
    reason: rayon::ThreadPoolBuildError,
}

/// A room's thread and its helpers.
#[derive(Clone, Debug)]
pub struct Shards {
    /// How many threads a room may have, at least 1.
    count: usize,
    /// None when the room's own thread does all.
    helpers: Option<Arc<Mutex<rayon::ThreadPool>>>,
}

impl Default for Shards {
    /// A room's own thread alone.
    fn default() -> Self {
        Self { count: 1, helpers: None }
    }
}

impl Shards {
    /// `count` threads for each room, its own included.
    ///
    /// # Errors
    /// When the system gives no more threads.
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

    /// Does `work` once with every item, in any order. Each thread has one of the `scratches` to
    /// itself, of which there are as many as were ever needed.
    ///
    /// # Panics
    /// When `work` does.
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

    /// The helpers, unless they are with another room.
    fn free_helpers(&self) -> Option<MutexGuard<'_, rayon::ThreadPool>> {
        match self.helpers.as_ref()?.try_lock() {
            Ok(helpers) => Some(helpers),
            // Another room's rules panicked; the threads are as good as ever.
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
        // Nobody goes on before all three are there.
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
