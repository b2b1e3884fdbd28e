//! The threads of a run and their bots: which bots there are and when they start.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use drumbeat_shared::client::Maps;
use drumbeat_shared::protocol::messages::Encoding;
use drumbeat_shared::rng::Rng;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bot::{Brain, MakeBrain};
use crate::clock::Clock;
use crate::connect::Target;
use crate::faults::Misbehaved;
use crate::figures::{SharedTally, Tally};
use crate::flag::Flag;
use crate::life::{Life, Plan, Seat, bot_seed, lifetime};
use crate::misbehave::Culprit;
use crate::options::Options;
use crate::worker::Worker;

/// Polling interval while waiting for all bots to leave.
const END_POLL: Duration = Duration::from_millis(5);

/// All threads of a run.
pub(crate) struct Fleet {
    /// The threads of the well-behaved bots.
    pub(crate) workers: Vec<Worker>,
    /// The thread of the misbehaving bots, if there are any.
    culprits: Option<Worker>,
    misbehaved: Vec<Arc<Mutex<Misbehaved>>>,
    stop: Flag,
    /// Makes the well-behaved bots drop their connections and reconnect.
    pub(crate) storm: Flag,
}

impl Fleet {
    /// Starts the threads; their bots connect one after the other.
    pub(crate) fn launch<B: Brain>(
        options: &Options,
        target: Arc<Target>,
        brain: MakeBrain<B>,
    ) -> io::Result<Self> {
        let plan = Arc::new(Plan {
            target,
            brain,
            maps: Maps::default(),
            room: options.room.clone().unwrap_or_default(),
            ticket: options.ticket.clone(),
            encoding: if options.plain { Encoding::Plain } else { Encoding::Predicted },
            link: options.link,
            seed: options.seed,
            clock: Clock::start(),
            ramp_per_s: options.ramp_per_s,
            stop: Flag::default(),
            storm: Flag::default(),
        });
        let seating = seating(options.bots, options.thread_count(), options.witness_count());
        let workers = (0..).zip(seating).map(|(thread, seats): (u32, Vec<Seat>)| {
            let shared = Arc::clone(&plan);
            Worker::start(&format!("bots-{thread}"), plan.stop.clone(), move |tasks, tally| {
                for seat in seats {
                    tasks.spawn(lifetime(Arc::clone(&shared), seat, tally.clone()));
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
        let (stop, storm) = (plan.stop.clone(), plan.storm.clone());
        Ok(Self { workers, culprits, misbehaved, stop, storm })
    }

    /// Stops all bots and waits until they have left. Returns what they counted since the last
    /// look, and the outcomes of the misbehaving ones.
    pub(crate) async fn end(self) -> (Tally, Vec<Misbehaved>) {
        self.stop.set();
        let mut last = Tally::default();
        let threads: Vec<_> = self.workers.into_iter().chain(self.culprits).collect();
        let tallies: Vec<_> = threads.iter().map(|thread| thread.tally.clone()).collect();
        // Polled, because waiting would need a thread, and at the end the system may have none
        // left.
        while !threads.iter().all(Worker::has_ended) {
            sleep(END_POLL).await;
        }
        let panics = threads.into_iter().map(Worker::join).filter(|sound| !sound).count();
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
                ticket: self.ticket.clone(),
                target: Arc::clone(&self.target),
                stop: self.stop.clone(),
                start: self.start_time(index),
                rng: Rng::new(bot_seed(self.seed, group, index)),
                clock: self.clock,
                brain: Arc::clone(&self.brain),
                record: Arc::clone(&record),
            }));
            records.push(record);
        }
        (culprits, records)
    }
}

/// The bots of each thread. The witnesses are spread evenly over the bots of a thread in starting
/// order, and so over the threads.
fn seating(bots: u32, threads: u32, witnesses: u32) -> Vec<Vec<Seat>> {
    let share = |rank: u32| u64::from(rank) * u64::from(witnesses) / u64::from(bots);
    let mut ranks = 0..bots;
    let seats = |thread| {
        let indices = (thread..bots).step_by(threads as usize);
        let seat = |(index, rank)| Seat { index, is_witness: share(rank) < share(rank + 1) };
        indices.zip(ranks.by_ref()).map(seat).collect()
    };
    (0..threads).map(seats).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bot_has_a_seat_and_witnesses_are_spread_evenly() {
        for (bots, threads, witnesses) in
            [(1, 1, 0), (1, 1, 1), (1_000, 2, 500), (1_000, 3, 7), (1_000, 4, 999), (99, 64, 99)]
        {
            let seating = seating(bots, threads, witnesses);
            let mut indices: Vec<u32> = seating.iter().flatten().map(|seat| seat.index).collect();
            indices.sort_unstable();
            assert!(indices.into_iter().eq(0..bots));
            let count = |seats: &[Seat]| seats.iter().filter(|seat| seat.is_witness).count();
            assert_eq!(seating.iter().map(|seats| count(seats)).sum::<usize>(), witnesses as usize);
            for seats in &seating {
                // Any run of ten bots of a thread has its share of witnesses, within one.
                for part in seats.chunks(10) {
                    let fair = part.len() as f64 * f64::from(witnesses) / f64::from(bots);
                    let off = count(part) as f64 - fair;
                    assert!(off.abs() <= 1.0, "{bots} {threads} {witnesses}: {off}");
                }
            }
        }
    }
}
