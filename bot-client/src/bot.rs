//! One bot: a player with a brain, and what it counts. A driver gives it a connection and says when
//! it acts.

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::client::{Received, Stats};
use drumbeat_shared::game::Game;
use tokio::time::{Instant, timeout};

use crate::connect::{Ending, Socket};
use crate::figures::SharedTally;
use crate::player::Player;
use crate::waits::Waits;

/// How long a bot waits for a frame before it speaks without one.
pub(crate) const SILENCE: Duration = Duration::from_millis(250);
/// Silences in a row until a bot gives the server up.
pub(crate) const SILENCES_MAX: u32 = 40;
/// How long connecting and joining may take, up to the first frame.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);

/// What decides a bot's controls.
pub trait Brain: Send + 'static {
    /// The game that it plays.
    type Game: Game;

    /// Grid steps in a unit of the game's world: lengths are reported in units.
    const GRID: u32 = 1;

    /// The controls for the next tick; `None` leaves them as they are and sends nothing. The player
    /// has received a frame.
    fn decide(&mut self, player: &Player<Self::Game>) -> Option<<Self::Game as Game>::Input>;
}

/// Makes a brain from a seed.
pub(crate) type MakeBrain<B> = Arc<dyn Fn(u64) -> B + Send + Sync>;

/// One player, and what it has met so far.
pub(crate) struct Bot<B: Brain> {
    pub(crate) player: Player<B::Game>,
    pub(crate) brain: B,
    pub(crate) tally: SharedTally,
    pub(crate) waits: Waits,
    epoch: Instant,
    /// The player's counters as far as they are in the tally.
    counted: Stats,
}

impl<B: Brain> Bot<B> {
    /// A bot that counts into `tally`. All bots of a run share one `epoch`, their clocks' zero.
    pub(crate) fn new(
        player: Player<B::Game>,
        brain: B,
        epoch: Instant,
        tally: SharedTally,
    ) -> Self {
        Self { player, brain, tally, waits: Waits::default(), epoch, counted: Stats::default() }
    }

    /// Takes a message: the view moves on, and what it tells is counted. It arrived before `now`,
    /// perhaps while the swarm was busy.
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

    /// When its clock shows this.
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

/// Waits for the end of `joining`, but not for ever.
pub(crate) async fn join_in_time(
    joining: impl Future<Output = Result<Socket, Ending>>,
) -> Result<Socket, Ending> {
    let late = || Ending::Broken(format!("no frame within {} s", JOIN_TIMEOUT.as_secs()));
    timeout(JOIN_TIMEOUT, joining).await.unwrap_or_else(|_| Err(late()))
}

/// The end of a bot that has heard nothing for [`SILENCES_MAX`] silences.
pub(crate) fn unheard() -> Ending {
    Ending::Broken(format!("no frame for {} s", (SILENCE * SILENCES_MAX).as_secs()))
}
