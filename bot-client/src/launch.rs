//! The threads of a run and the bots in them: who they are and when they start.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use drumbeat_shared::rng::Rng;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::bot::{Bot, Brain, MakeBrain, Stop, leave};
use crate::connect::{Ending, Target};
use crate::faults::Misbehaved;
use crate::figures::{SharedTally, Tally};
use crate::misbehave::Culprit;
use crate::options::Options;
use crate::worker::{GRACE, Worker};

/// What the good bots of one run have in common.
struct Plan<B> {
    target: Arc<Target>,
    brain: MakeBrain<B>,
    room: String,
    seed: u64,
    /// When the first bot starts: the zero of every bot's clock.
    epoch: Instant,
    ramp_per_s: u32,
    stop: Stop,
}

/// All threads of a run.
pub(crate) struct Fleet {
    /// Those of the good bots.
    pub(crate) workers: Vec<Worker>,
    /// That of the misbehaving ones, if there are any.
    culprits: Option<Worker>,
    misbehaved: Vec<Arc<Mutex<Misbehaved>>>,
    stop: Stop,
}

impl Fleet {
    /// Starts the threads; the bots in them connect one after the other.
    pub(crate) fn launch<B: Brain>(
        options: &Options,
        target: Arc<Target>,
        brain: MakeBrain<B>,
    ) -> io::Result<Self> {
        let plan = Arc::new(Plan {
            target,
            brain,
            room: options.room.clone().unwrap_or_default(),
            seed: options.seed,
            epoch: Instant::now(),
            ramp_per_s: options.ramp_per_s,
            stop: Stop::default(),
        });
        let (bots, threads) = (options.bots, options.thread_count());
        let workers = (0..threads).map(|thread| {
            let shared = Arc::clone(&plan);
            Worker::start(&format!("bots-{thread}"), plan.stop.clone(), move |tasks, tally| {
                for index in (thread..bots).step_by(threads as usize) {
                    tasks.spawn(lifetime(Arc::clone(&shared), index, tally.clone()));
                }
            })
        });
        let workers = workers.collect::<io::Result<_>>()?;
        let (culprits, misbehaved) = plan.culprits(options);
        let start = |tasks: &mut JoinSet<()>, tally: &SharedTally| {
            for culprit in culprits {
                let life = Life::new(tally.clone());
                tasks.spawn(async move {
                    culprit.run().await;
                    drop(life);
                });
            }
        };
        let culprits = (!misbehaved.is_empty())
            .then(|| Worker::start("misbehaving", plan.stop.clone(), start))
            .transpose()?;
        Ok(Self { workers, culprits, misbehaved, stop: plan.stop.clone() })
    }

    /// Tells all bots to leave and waits until they have. Returns what they counted since the
    /// last time, and what came of the misbehaving ones.
    pub(crate) async fn end(self) -> (Tally, Vec<Misbehaved>) {
        self.stop.set();
        let mut last = Tally::default();
        let threads: Vec<_> = self.workers.into_iter().chain(self.culprits).collect();
        let tallies: Vec<_> = threads.iter().map(|thread| thread.tally.clone()).collect();
        let join = || threads.into_iter().map(Worker::join).filter(|sound| !sound).count();
        let panics = tokio::task::spawn_blocking(join).await.unwrap_or(1);
        tallies.iter().for_each(|tally| last.absorb(tally.take()));
        for _ in 0..panics {
            last.disconnects.count("a thread of the swarm failed".to_owned());
        }
        let copy = |record: &Arc<Mutex<Misbehaved>>| {
            record.lock().unwrap_or_else(PoisonError::into_inner).clone()
        };
        (last, self.misbehaved.iter().map(copy).collect())
    }
}

impl<B: Brain> Plan<B> {
    /// The misbehaving bots, and a record for each kind.
    fn culprits(&self, options: &Options) -> (Vec<Culprit<B>>, Vec<Arc<Mutex<Misbehaved>>>) {
        let count = options.misbehaving.unwrap_or(0);
        let mut culprits = Vec::new();
        let mut records = Vec::new();
        for (group, kind) in (1..).zip(&options.misbehave) {
            let record = Arc::new(Mutex::new(Misbehaved::new(*kind, count)));
            culprits.extend((0..count).map(|index| Culprit {
                kind: *kind,
                name: format!("{kind}-{index}"),
                room: self.room.clone(),
                target: Arc::clone(&self.target),
                stop: self.stop.clone(),
                start: start_time(self.epoch, index, self.ramp_per_s),
                rng: Rng::new(bot_seed(self.seed, group, index)),
                epoch: self.epoch,
                brain: Arc::clone(&self.brain),
                record: Arc::clone(&record),
            }));
            records.push(record);
        }
        (culprits, records)
    }
}

/// A good bot from its start to its end.
async fn lifetime<B: Brain>(plan: Arc<Plan<B>>, index: u32, tally: SharedTally) {
    let mut life = Life::new(tally.clone());
    sleep_until(start_time(plan.epoch, index, plan.ramp_per_s)).await;
    if plan.stop.is_set() {
        return;
    }
    let brain = (plan.brain)(bot_seed(plan.seed, 0, index));
    let name = format!("bot-{index}");
    let mut bot = Bot::new(&name, &plan.room, brain, plan.epoch, tally);
    let mut socket = match bot.join(&plan.target, None).await {
        Ok(socket) => socket,
        Err(ending) => return life.end(Some(&ending)),
    };
    life.join();
    let played = bot.play(&mut socket, &plan.stop).await;
    // Its waits end here, before it takes its time to leave.
    drop(bot);
    life.end(played.as_ref().err());
    if played.is_ok() {
        leave(socket).await;
    }
}

/// How far a bot has come, counted as it goes on. One that panics, or that is dropped because it
/// does not leave when told to, counts as well.
struct Life {
    tally: SharedTally,
    stage: Stage,
}

#[derive(PartialEq)]
enum Stage {
    Joining,
    Playing,
    Ended,
}

impl Life {
    fn new(tally: SharedTally) -> Self {
        Self { tally, stage: Stage::Joining }
    }

    fn join(&mut self) {
        self.tally.lock().joined += 1;
        self.stage = Stage::Playing;
    }

    /// The bot's life ends, with `ending` if that was not the bot's doing.
    fn end(&mut self, ending: Option<&Ending>) {
        if let Some(ending) = ending {
            self.count(ending.to_string());
        }
        self.stage = Stage::Ended;
    }

    fn count(&self, reason: String) {
        let mut tally = self.tally.lock();
        match self.stage {
            Stage::Joining => tally.failed_joins.count(reason),
            Stage::Playing => tally.disconnects.count(reason),
            Stage::Ended => {}
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.count("the bot panicked".to_owned());
        } else if self.stage == Stage::Playing {
            self.count(format!("it did not leave within {} s", GRACE.as_secs()));
        }
    }
}

/// When a bot starts to connect.
fn start_time(epoch: Instant, index: u32, ramp_per_s: u32) -> Instant {
    epoch + Duration::from_secs(1) * index / ramp_per_s
}

/// A seed for each bot of a run.
fn bot_seed(seed: u64, group: u32, index: u32) -> u64 {
    let place = u64::from(group) << 32 | u64::from(index);
    Rng::new(Rng::new(seed).bits() ^ place).bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bot_has_a_seed_of_its_own() {
        let seeds = (0..4).flat_map(|group| (0..1_000).map(move |index| bot_seed(7, group, index)));
        let distinct: std::collections::HashSet<_> = seeds.collect();
        assert_eq!(distinct.len(), 4_000);
        assert_ne!(bot_seed(1, 0, 0), bot_seed(2, 0, 0));
    }

    #[test]
    fn no_end_of_a_bot_is_lost() {
        let tally = SharedTally::default();
        let mut life = Life::new(tally.clone());
        life.join();
        drop(life);
        let panicking = Life::new(tally.clone());
        let panicked = std::thread::spawn(move || {
            let _life = panicking;
            panic!("as planned");
        });
        assert!(panicked.join().is_err());
        // Told to stop before its time came.
        drop(Life::new(tally.clone()));
        let mut left = Life::new(tally.clone());
        left.join();
        left.end(None);
        drop(left);
        let found = tally.take();
        let disconnects: Vec<_> = found.disconnects.iter().collect();
        assert_eq!(disconnects, [("it did not leave within 3 s", 1)]);
        let failed_joins: Vec<_> = found.failed_joins.iter().collect();
        assert_eq!(failed_joins, [("the bot panicked", 1)]);
        assert_eq!(found.joined, 2);
    }

    #[test]
    fn bots_start_evenly() {
        let epoch = Instant::now();
        assert_eq!(start_time(epoch, 100, 200) - epoch, Duration::from_millis(500));
    }
}
