//! One bot: a player with a brain, and its counters. A driver gives it a connection and decides
//! when it acts.

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::client::{Client, Received, Stats};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::codec;
use tokio::time::{Instant, timeout};

use crate::clock::{Clock, Stamp};
use crate::connect::{Ending, Socket};
use crate::echoes::Echoes;
use crate::figures::SharedTally;
use crate::player::Player;
use crate::ticket_file::{Renewal, TicketFile};
use crate::waits::Waits;
use crate::wishes::Wishes;

/// How long a bot waits for a frame before it sends a message without one.
pub(crate) const SILENCE: Duration = Duration::from_millis(250);
/// Limit of consecutive silences (250 ms without a frame) before a bot gives up on the server.
pub(crate) const SILENCES_MAX: u32 = 40;
/// Time limit of connecting and joining, up to the first frame.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Decides a bot's controls, and what it asks for and says.
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
    /// the controls unchanged and sends nothing, as by default: a game without controls needs none.
    fn decide(&mut self, _player: &Player<Self::Game>) -> Option<<Self::Game as Game>::Input> {
        None
    }

    /// Fills `wishes` with commands and lines of chat. Called after [`Brain::decide`], and at the
    /// times that it asks for; only for bots with a view. No wishes by default.
    fn wishes(&mut self, _player: &Player<Self::Game>, _wishes: &mut Wishes<Self::Game>) {}

    /// The stamps in a record of the game's document ([`Wishes::stamp`]), oldest first: from them
    /// the swarm knows how long what was sent took to the others. None by default.
    fn stamps(&self, _record: &<Self::Game as Game>::Record) -> Vec<Stamp> {
        Vec::new()
    }

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
    clock: Clock,
    /// Its number in the run.
    index: u32,
    echoes: Echoes,
    /// What brings its ticket anew, if it has one.
    renewal: Option<Renewal>,
    /// From the hello of its connection to the first frame.
    pub(crate) to_view: Duration,
    /// When its brain wants to wish again, if at a time of its own.
    wish_us: Option<u64>,
    /// The player's counters that the tally already includes.
    counted: Stats,
}

impl<B: Brain> Bot<B> {
    /// Creates a bot with this number that counts into `tally` and brings the ticket of a file, if there
    /// is one.
    pub(crate) fn new(
        player: Player<B::Game>,
        brain: B,
        (index, clock): (u32, Clock),
        tally: SharedTally,
        ticket: Option<TicketFile>,
    ) -> Self {
        let renewal = ticket.map(Renewal::new);
        let ticket = renewal.as_ref().map(|renewal| renewal.brought().to_owned());
        Self {
            player: player.with_ticket(ticket),
            brain,
            tally,
            waits: Waits::default(),
            clock,
            index,
            echoes: Echoes::new(index),
            renewal,
            to_view: Duration::ZERO,
            wish_us: None,
            counted: Stats::default(),
        }
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
        let was_whole = self.player.client().is_some_and(Client::has_document);
        let received = self.player.receive(bytes, now_us);
        if let Some(client) = self.player.client_mut() {
            self.echoes.take(client, was_whole, |record| self.brain.stamps(record));
        }
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

    /// Times what the frames brought that are on the screen now.
    pub(crate) fn shown(&mut self, now: Instant) {
        if !self.echoes.is_empty() {
            let now = self.clock.stamp(self.clock.us(now));
            self.echoes.shown(now, &mut self.tally.lock().wished);
        }
    }

    /// What to send besides the player's own messages: another ticket, what the brain says.
    pub(crate) fn wish(&mut self, now_us: u64) -> Vec<Vec<u8>> {
        let mut messages = self.say(now_us);
        messages.extend(self.renew(now_us));
        messages
    }

    /// Another ticket, if it is time for one.
    fn renew(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let renewal = self.renewal.as_mut()?;
        if self.echoes.take_ticket_end() {
            renewal.warn(now_us);
        }
        let ticket = renewal.ticket(now_us)?;
        Some(self.player.client_mut()?.renew(&ticket))
    }

    /// Lets the brain wish. Commands go with the player's next messages; the lines are returned for
    /// sending.
    fn say(&mut self, now_us: u64) -> Vec<Vec<u8>> {
        let Player::Witness(_) = self.player else { return Vec::new() };
        let mut wishes = Wishes::new(self.index, now_us, self.clock.stamp(now_us));
        self.brain.wishes(&self.player, &mut wishes);
        self.wish_us = wishes.again_us.map(|at| at.max(now_us + 1));
        let Some(client) = self.player.client_mut() else { return Vec::new() };
        if wishes.commands.is_empty() && wishes.lines.is_empty() {
            return Vec::new();
        }
        let wished = &mut self.tally.lock().wished;
        for command in wishes.commands {
            let bytes = codec::encode(&command).len() as u64;
            match client.command(command) {
                Ok(_) => {
                    wished.commands += 1;
                    wished.command_bytes += bytes;
                }
                Err(error) => wished.refused.count(error.to_string()),
            }
        }
        let say = |(to, text): (Option<PlayerId>, String)| match to {
            None => client.chat(&text),
            Some(to) => client.whisper(to, &text),
        };
        let lines: Vec<_> = wishes.lines.into_iter().filter_map(say).collect();
        wished.lines += lines.len() as u64;
        lines
    }

    /// When the brain wants to wish next, even if no frame comes until then.
    pub(crate) fn wishes_at(&self) -> Option<Instant> {
        self.wish_us.map(|us| self.clock.time_of(us))
    }

    /// Microseconds on the bot's clock.
    pub(crate) fn clock_us(&self, now: Instant) -> u64 {
        self.clock.us(now)
    }

    /// The instant at which the bot's clock shows `clock_us`.
    pub(crate) fn time_of(&self, clock_us: u64) -> Instant {
        self.clock.time_of(clock_us)
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
