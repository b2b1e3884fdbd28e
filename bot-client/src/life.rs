//! The life of a well-behaved bot: it waits for its turn, joins, plays, rides out the storm,
//! leaves.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::client::{Conditions, Maps};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::rng::Rng;
use tokio::time::{Instant, sleep, sleep_until};

use crate::bot::{Bot, Brain, MakeBrain};
use crate::clock::Clock;
use crate::connect::{Ending, Socket, Target, leave};
use crate::driver::Driver;
use crate::figures::SharedTally;
use crate::flag::Flag;
use crate::frame_driver::FrameDriver;
use crate::player::Player;
use crate::screen_driver::ScreenDriver;
use crate::worker::GRACE;

/// The WebSocket close code of a server that is full at the moment.
const TRY_AGAIN_LATER: u16 = CloseCode::Full.code();
/// How long a bot retries after that close code, and the pause between two attempts.
const COME_BACK: Duration = Duration::from_secs(10);
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// What the well-behaved bots of one run share.
pub(crate) struct Plan<B: Brain> {
    pub(crate) target: Arc<Target>,
    pub(crate) brain: MakeBrain<B>,
    pub(crate) maps: Maps<B::Game>,
    pub(crate) room: String,
    pub(crate) ticket: Option<String>,
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

    fn player(&self, seat: Seat) -> Player<B::Game> {
        let name = format!("bot-{}", seat.index);
        let player = match seat.is_witness {
            true => Player::witness(&name, &self.room, self.maps.clone()),
            false => Player::light(&name, &self.room),
        };
        player.with_ticket(self.ticket.clone())
    }

    fn driver(&self, seat: Seat, player: Player<B::Game>, tally: &SharedTally) -> Driver<B> {
        let brain = (self.brain)(bot_seed(self.seed, 0, seat.index));
        let bot = Bot::new(player, brain, (seat.index, self.clock), tally.clone());
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
    life.join(seat.is_witness, driver.player().room());
    let mut played = driver.play(&mut socket, || plan.storm.is_set() || plan.stop.is_set()).await;
    if played.is_ok() && plan.storm.is_set() && !plan.stop.is_set() {
        let dropped = Instant::now();
        life.drop_connection();
        let (player, id) = (driver.player().reconnect(), driver.player().id());
        drop((driver, socket));
        (driver, socket) = match come_back(&plan, seat, player, &tally).await {
            Ok(back) => back,
            Err(ending) => return life.end(Some(&ending)),
        };
        let player = driver.player();
        life.reconnect(dropped.elapsed(), player.has_resumed() && player.id() == id);
        played = driver.play(&mut socket, || plan.stop.is_set()).await;
    }
    // Ends the open waits before the bot takes its time to leave.
    drop(driver);
    life.end(played.as_ref().err());
    if played.is_ok() {
        leave(socket).await;
    }
}

/// Joins again as the same player. A server that keeps no places may not have freed the bot's old seat
/// yet, so a bot that it asks to wait tries again.
async fn come_back<B: Brain>(
    plan: &Plan<B>,
    seat: Seat,
    mut player: Player<B::Game>,
    tally: &SharedTally,
) -> Result<(Driver<B>, Socket), Ending> {
    let dropped = Instant::now();
    loop {
        let next = player.reconnect();
        let mut driver = plan.driver(seat, mem::replace(&mut player, next), tally);
        match driver.join(&plan.target).await {
            Ok(socket) => return Ok((driver, socket)),
            Err(Ending::Closed { code: TRY_AGAIN_LATER, .. }) if dropped.elapsed() < COME_BACK => {
                tally.lock().asked_to_wait += 1;
                sleep(RETRY_PAUSE).await;
            }
            Err(ending) => return Err(ending),
        }
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

    fn join(&mut self, is_witness: bool, room: Option<&str>) {
        let mut tally = self.tally.lock();
        tally.joined += 1;
        if let Some(room) = room {
            tally.rooms.count(room.to_owned());
        }
        tally.witnesses += u64::from(is_witness);
        self.stage = Stage::Playing;
    }

    fn drop_connection(&mut self) {
        self.stage = Stage::Reconnecting;
    }

    fn reconnect(&mut self, took: Duration, resumed: bool) {
        let mut tally = self.tally.lock();
        tally.reconnected += 1;
        tally.resumed += u64::from(resumed);
        tally.full_view.record_us(took.as_micros() as u64);
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
        life.join(true, Some("main"));
        drop(life);
        let panicking = Life::new(tally.clone());
        let panicked = std::thread::spawn(move || {
            let _life = panicking;
            panic!("as planned");
        });
        assert!(panicked.join().is_err());
        let mut caught = Life::new(tally.clone());
        caught.join(false, None);
        caught.drop_connection();
        caught.end(Some(&Ending::Broken("refused".into())));
        // Stopped before its turn to join.
        drop(Life::new(tally.clone()));
        let mut left = Life::new(tally.clone());
        left.join(false, None);
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
