//! The life of a well-behaved bot: it waits for its turn, joins, plays, rides out the storm and the
//! server's restarts, leaves.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::client::{Conditions, Maps};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Encoding;
use drumbeat_shared::rng::Rng;
use tokio::time::{Instant, sleep_until};

use crate::bot::{Bot, Brain, MakeBrain};
use crate::clock::Clock;
use crate::connect::{Ending, Socket, Target, leave};
use crate::driver::Driver;
use crate::figures::SharedTally;
use crate::flag::Flag;
use crate::frame_driver::FrameDriver;
use crate::player::Player;
use crate::screen_driver::ScreenDriver;
use crate::ticket_file::TicketFile;
use crate::worker::GRACE;

/// The WebSocket close code of a server that is full at the moment.
const TRY_AGAIN_LATER: u16 = CloseCode::Full.code();
/// Time between two checks of a waiting bot whether the run has ended.
const STOP_GLANCE: Duration = Duration::from_millis(100);

/// What the well-behaved bots of one run share.
pub(crate) struct Plan<B: Brain> {
    pub(crate) target: Arc<Target>,
    pub(crate) brain: MakeBrain<B>,
    pub(crate) maps: Maps<B::Game>,
    pub(crate) room: String,
    pub(crate) ticket: Option<TicketFile>,
    /// How the server encodes changes for them.
    pub(crate) encoding: Encoding,
    /// Link conditions of the witnesses' connections.
    pub(crate) link: Option<Conditions>,
    pub(crate) seed: u64,
    /// Every bot's clock, which starts when the first bot does.
    pub(crate) clock: Clock,
    pub(crate) ramp_per_s: u32,
    pub(crate) storm: Flag,
    pub(crate) stop: Flag,
}

/// The identity of a well-behaved bot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Its number in the run, from 0.
    pub(crate) index: u32,
    /// Whether it holds a view.
    pub(crate) is_witness: bool,
}

impl<B: Brain> Plan<B> {
    /// When a bot starts to connect.
    pub(crate) fn start_time(&self, index: u32) -> Instant {
        self.clock.time_of(u64::from(index) * 1_000_000 / u64::from(self.ramp_per_s))
    }

    /// How long a bot waits before it comes back after such an end; `None` if it does not. Light bots
    /// are not warned that their tickets end: they come back with another.
    fn wait_after(&self, ending: &Ending) -> Option<Duration> {
        let has_ended = |code: u16| self.ticket.is_some() && code == CloseCode::TicketEnded.code();
        match ending {
            Ending::Closed { code, .. } if has_ended(*code) => Some(Duration::ZERO),
            ending => ending.come_back(),
        }
    }

    fn player(&self, seat: Seat) -> Player<B::Game> {
        let name = format!("bot-{}", seat.index);
        let player = match seat.is_witness {
            true => Player::witness(&name, &self.room, self.maps.clone()),
            false => Player::light(&name, &self.room),
        };
        player.with_encoding(self.encoding)
    }

    fn driver(&self, seat: Seat, player: Player<B::Game>, tally: &SharedTally) -> Driver<B> {
        let brain = (self.brain)(bot_seed(self.seed, 0, seat.index));
        let ticket = self.ticket.clone();
        let bot = Bot::new(player, brain, (seat.index, self.clock), tally.clone(), ticket);
        match self.link.filter(|_| seat.is_witness) {
            Some(link) => {
                let seed = bot_seed(self.seed, u32::MAX, seat.index);
                Driver::Screen(Box::new(ScreenDriver::new(bot, link, seed)))
            }
            None => Driver::Frames(Box::new(FrameDriver::new(bot))),
        }
    }
}

/// A seed for each bot of a run.
pub(crate) fn bot_seed(seed: u64, group: u32, index: u32) -> u64 {
    let place = u64::from(group) << 32 | u64::from(index);
    Rng::new(Rng::new(seed).bits() ^ place).bits()
}

/// Runs a well-behaved bot from its start to its end.
pub(crate) async fn lifetime<B: Brain>(plan: Arc<Plan<B>>, seat: Seat, tally: SharedTally) {
    let mut life = Life::new(tally.clone());
    sleep_until(plan.start_time(seat.index)).await;
    if plan.stop.is_set() {
        return;
    }
    let mut driver = plan.driver(seat, plan.player(seat), &tally);
    let mut socket = match driver.join(&plan.target).await {
        Ok(socket) => socket,
        Err(ending) => return life.end(Some(&ending)),
    };
    life.join(seat.is_witness, driver.player().room(), driver.to_view());
    let mut had_storm = false;
    loop {
        let is_over = || (plan.storm.is_set() && !had_storm) || plan.stop.is_set();
        let cause = match driver.play(&mut socket, is_over).await {
            Ok(()) if plan.stop.is_set() => {
                // Ends the open waits before the bot takes its time to leave.
                drop(driver);
                life.end(None);
                return leave(socket).await;
            }
            Ok(()) => Cause::Storm,
            Err(ending) => match plan.wait_after(&ending) {
                Some(wait) => Cause::Restart(wait),
                None => return life.end(Some(&ending)),
            },
        };
        had_storm |= cause == Cause::Storm;
        let dropped = Instant::now();
        life.drop_connection();
        let (player, id) = (driver.player().reconnect(), driver.player().id());
        drop((driver, socket));
        (driver, socket) = match come_back(&plan, seat, player, cause, &tally).await {
            Ok(Some(back)) => back,
            Ok(None) => return life.end(None),
            Err(ending) => return life.end(Some(&ending)),
        };
        match cause {
            Cause::Restart(_) => life.come_back(),
            Cause::Storm => {
                let player = driver.player();
                let has_own = player.has_resumed() && player.id() == id;
                life.reconnect(dropped.elapsed(), has_own.then(|| driver.to_view()));
            }
        }
    }
}

/// Why a bot comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// It has dropped the connection.
    Storm,
    /// The server has ended, and has asked for this wait; or its ticket has, and it has another.
    Restart(Duration),
}

impl Cause {
    /// Whether an attempt that failed is repeated.
    ///
    /// After a storm, a server that keeps no places may not have freed the bot's old seat yet, and asks
    /// it to wait. After an end of the server there may be none yet.
    fn repeats_after(self, ending: &Ending) -> bool {
        match ending {
            Ending::Closed { code, .. } if *code == TRY_AGAIN_LATER => true,
            Ending::Closed { .. } => self != Self::Storm && ending.come_back().is_some(),
            Ending::Broken(_) => self != Self::Storm,
            Ending::NoGame(_) => false,
        }
    }

    /// How long a bot tries, and the pause between two attempts.
    fn patience(self) -> (Duration, Duration) {
        match self {
            Self::Storm => (Duration::from_secs(10), Duration::from_millis(100)),
            Self::Restart(_) => (Duration::from_secs(20), Duration::from_millis(500)),
        }
    }
}

/// Joins again as the same player; `None` if the run ended before that.
async fn come_back<B: Brain>(
    plan: &Plan<B>,
    seat: Seat,
    mut player: Player<B::Game>,
    cause: Cause,
    tally: &SharedTally,
) -> Result<Option<(Driver<B>, Socket)>, Ending> {
    if let Cause::Restart(wait) = cause {
        sleep_unless(&plan.stop, wait).await;
    }
    let ((limit, pause), began) = (cause.patience(), Instant::now());
    loop {
        if plan.stop.is_set() {
            return Ok(None);
        }
        let next = player.reconnect();
        let mut driver = plan.driver(seat, mem::replace(&mut player, next), tally);
        let ending = match driver.join(&plan.target).await {
            Ok(socket) => return Ok(Some((driver, socket))),
            Err(ending) => ending,
        };
        if !cause.repeats_after(&ending) || began.elapsed() >= limit {
            return Err(ending);
        }
        match cause {
            Cause::Storm => tally.lock().asked_to_wait += 1,
            Cause::Restart(_) => tally.lock().failed_returns.count(ending.label()),
        }
        sleep_unless(&plan.stop, ending.come_back().unwrap_or(pause)).await;
    }
}

/// Waits for this long, or until the run ends.
async fn sleep_unless(stop: &Flag, wait: Duration) {
    let until = Instant::now() + wait;
    while !stop.is_set() && Instant::now() < until {
        sleep_until(until.min(Instant::now() + STOP_GLANCE)).await;
    }
}

/// The stage a bot has reached, counted as it changes. The drop counts a bot that panics or does
/// not leave in time.
pub(crate) struct Life {
    tally: SharedTally,
    stage: Stage,
}

#[derive(PartialEq)]
enum Stage {
    Joining,
    Playing,
    Reconnecting,
    Ended,
}

impl Life {
    pub(crate) fn new(tally: SharedTally) -> Self {
        Self { tally, stage: Stage::Joining }
    }

    fn join(&mut self, is_witness: bool, room: Option<&str>, to_view: Duration) {
        let mut tally = self.tally.lock();
        tally.joined += 1;
        tally.join_to_view.record_us(to_view.as_micros() as u64);
        if let Some(room) = room {
            tally.rooms.count(room.to_owned());
        }
        tally.witnesses += u64::from(is_witness);
        self.stage = Stage::Playing;
    }

    fn drop_connection(&mut self) {
        self.stage = Stage::Reconnecting;
    }

    /// Counts a bot that is back so long after it dropped the connection; `to_view` is what of this
    /// passed from its hello to the view, if it has its own player.
    fn reconnect(&mut self, took: Duration, to_view: Option<Duration>) {
        let mut tally = self.tally.lock();
        tally.reconnected += 1;
        if let Some(to_view) = to_view {
            tally.resumed += 1;
            tally.resume_to_view.record_us(to_view.as_micros() as u64);
        }
        tally.full_view.record_us(took.as_micros() as u64);
        self.stage = Stage::Playing;
    }

    fn come_back(&mut self) {
        self.tally.lock().returned += 1;
        self.stage = Stage::Playing;
    }

    /// Ends the bot's life, with `ending` if something other than the bot ended it.
    fn end(&mut self, ending: Option<&Ending>) {
        if let Some(Ending::NoGame(answer)) = ending {
            self.tally.lock().no_game.get_or_insert_with(|| answer.clone());
        }
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
            Stage::Reconnecting => tally.failed_reconnects.count(reason),
            Stage::Ended => {}
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.count("the bot panicked".to_owned());
        } else if matches!(self.stage, Stage::Playing | Stage::Reconnecting) {
            self.count(format!("it did not leave within {} s", GRACE.as_secs()));
        }
    }
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
        life.join(true, Some("main"), Duration::ZERO);
        drop(life);
        let panicking = Life::new(tally.clone());
        let panicked = std::thread::spawn(move || {
            let _life = panicking;
            panic!("as planned");
        });
        assert!(panicked.join().is_err());
        let mut caught = Life::new(tally.clone());
        caught.join(false, None, Duration::ZERO);
        caught.drop_connection();
        caught.end(Some(&Ending::Broken("refused".into())));
        // Stopped before its turn to join.
        drop(Life::new(tally.clone()));
        let mut left = Life::new(tally.clone());
        left.join(false, None, Duration::ZERO);
        left.end(None);
        drop(left);
        let found = tally.take();
        let disconnects: Vec<_> = found.disconnects.iter().collect();
        assert_eq!(disconnects, [("it did not leave within 3 s", 1)]);
        let failed_joins: Vec<_> = found.failed_joins.iter().collect();
        assert_eq!(failed_joins, [("the bot panicked", 1)]);
        let failed_reconnects: Vec<_> = found.failed_reconnects.iter().collect();
        assert_eq!(failed_reconnects, [("refused", 1)]);
        assert_eq!((found.joined, found.witnesses), (3, 1));
        assert!(found.rooms.iter().eq([("main", 1)]));
    }
}
