//! One bot: a player with a brain, and its counters. A driver gives it a connection and decides
//! when it acts.

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::client::{Received, Stats};
use drumbeat_shared::game::Game;
use tokio::time::{Instant, timeout};

use crate::connect::{Ending, Socket};
use crate::figures::SharedTally;
use crate::player::Player;
use crate::waits::Waits;

/// How long a bot waits for a frame before it sends a message without one.
pub(crate) const SILENCE: Duration = Duration::from_millis(250);
/// Limit of consecutive silences (250 ms without a frame) before a bot gives up on the server.
pub(crate) const SILENCES_MAX: u32 = 40;
/// Time limit of connecting and joining, up to the first frame.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Decides a bot's controls.
pub trait Brain: Send + 'static {
    /// The game it plays.
    type Game: Game;

    /// What `--brain` calls it, unless it is listed under another name.
    #[must_use]
    fn name() -> &'static str
    where
        Self: Sized,
    {
        "own"
    }

    /// The controls for the next tick, called after the player has received a frame. `None` leaves
    /// the controls unchanged and sends nothing.
    fn decide(&mut self, player: &Player<Self::Game>) -> Option<<Self::Game as Game>::Input>;

    /// Whether it can't play without a view ([`Player::client`]): bots that are no witnesses have
    /// none. By default it can't.
    fn needs_view(&self) -> bool {
        true
    }
}

/// Makes a brain from a seed.
pub(crate) type MakeBrain<B> = Arc<dyn Fn(u64) -> B + Send + Sync>;

/// One player and its measurements so far.
pub(crate) struct Bot<B: Brain> {
    pub(crate) player: Player<B::Game>,
    pub(crate) brain: B,
    pub(crate) tally: SharedTally,
    pub(crate) waits: Waits,
    epoch: Instant,
    /// The player's counters that the tally already includes.
    counted: Stats,
}

impl<B: Brain> Bot<B> {
    /// Creates a bot that counts into `tally`. All bots of a run share `epoch`, the zero of their
    /// clocks.
    pub(crate) fn new(
        player: Player<B::Game>,
        brain: B,
        epoch: Instant,
        tally: SharedTally,
    ) -> Self {
        Self { player, brain, tally, waits: Waits::default(), epoch, counted: Stats::default() }
    }

    /// Takes a message: advances the view and counts. The message arrived before `now`, perhaps
    /// while the swarm was busy.
    pub(crate) fn receive(
        &mut self,
        bytes: &[u8],
        arrived: Instant,
        now: Instant,
    ) -> Result<(), Ending> {
        let now_us = self.clock_us(now);
        let received = self.player.receive(bytes, now_us);
        let stats = *self.player.stats();
        let mut tally = self.tally.lock();
        tally.count(&stats, &self.counted, self.player.client().is_some());
        if stats.pongs > self.counted.pongs {
            tally.rtt.record_us(u64::from(stats.rtt_us));
        }
        self.counted = stats;
        match received {
            Ok(Received::Frame) => {
                let tick = self.player.tick().unwrap_or_default();
                self.waits.frame(tick, self.player.ack(), self.clock_us(arrived), &mut tally);
                Ok(())
            }
            Ok(Received::Welcome) => {
                tally.tick_hz = self.player.tick_hz().unwrap_or(1);
                self.waits.period_us = 1_000_000 / u64::from(tally.tick_hz);
                Ok(())
            }
            Err(error) => Err(Ending::Broken(format!("invalid message: {error}"))),
        }
    }

    /// Microseconds on the bot's clock.
    pub(crate) fn clock_us(&self, now: Instant) -> u64 {
        (now - self.epoch).as_micros() as u64
    }

    /// The instant at which the bot's clock shows `clock_us`.
    pub(crate) fn time_of(&self, clock_us: u64) -> Instant {
        self.epoch + Duration::from_micros(clock_us)
    }
}

impl<B: Brain> Drop for Bot<B> {
    fn drop(&mut self) {
        let now_us = self.clock_us(Instant::now());
        self.waits.end(SILENCE.as_micros() as u64, now_us, &mut self.tally.lock());
    }
}

/// Awaits `joining`, with a time limit.
pub(crate) async fn join_in_time(
    joining: impl Future<Output = Result<Socket, Ending>>,
) -> Result<Socket, Ending> {
    let late = || Ending::Broken(format!("no frame within {} s", JOIN_TIMEOUT.as_secs()));
    timeout(JOIN_TIMEOUT, joining).await.unwrap_or_else(|_| Err(late()))
}

/// The ending of a bot that received nothing for [`SILENCES_MAX`] silences.
pub(crate) fn unheard() -> Ending {
    Ending::Broken(format!("no frame for {} s", (SILENCE * SILENCES_MAX).as_secs()))
}
