//! How bots misbehave.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use drumbeat_shared::client::Maps;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::INPUT_AHEAD_TICKS_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_shared::rng::Rng;
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::bot::{Bot, Brain, MakeBrain};
use crate::clock::Clock;
use crate::connect::{Ending, Socket, Target, binary, leave};
use crate::faults::{Misbehaved, Misbehaviour, Outcome};
use crate::figures::SharedTally;
use crate::flag::Flag;
use crate::frame_driver::FrameDriver;
use crate::player::Player;
use crate::ticket_file::TicketFile;

/// Bytes that a slow bot reads per second.
const SLOW_BYTES_PER_S: usize = 1_000;
/// `SO_RCVBUF` of a slow bot; Linux doubles it.
const SLOW_RECEIVE_BUFFER_BYTES: u32 = 4 << 10;
/// Inputs that a flooding bot sends per burst.
const FLOOD_BURST: u32 = 64;
/// Time between two messages of garbage.
const GARBAGE_PERIOD: Duration = Duration::from_millis(20);
/// Limit of the bytes of a garbage message.
const GARBAGE_BYTES_MAX: i32 = 256;
/// How long the server may tolerate a misbehaviour; its handshake timeout is 5 s by default.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Pause between two connections of one bot.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a bot cheats on one connection.
const CHEATING: Duration = Duration::from_secs(2);

/// Inputs that no honest bot sends: again, late, early, with pictures that it cannot have had. With
/// the honest one they are within the limit of messages.
fn cheats<I: Copy + Default + Serialize>(tick: Tick, seen: Tick, input: I) -> Vec<Vec<u8>> {
    let ticks = |count: u32| Tick(tick.0.saturating_add(count));
    let ago = |count: u32| Tick(tick.0.saturating_sub(count));
    let sent = match tick.0 % 4 {
        0 => [(tick, seen, 0, I::default()), (tick, seen, 0, input)],
        1 => [(ago(1), seen, 0, I::default()), (Tick(0), seen, 0, I::default())],
        2 => [(Tick(u32::MAX), seen, 0, input), (ticks(INPUT_AHEAD_TICKS_MAX), seen, 0, input)],
        _ => [(tick, Tick(0), i16::MAX, input), (tick, Tick(u32::MAX), i16::MIN, input)],
    };
    let message = |(tick, seen, view_delay, input)| {
        codec::encode(&ClientMessage::<I>::Input { tick, seen, view_delay, input })
    };
    sent.map(message).into()
}

/// Comes back with its token while another connection does, plays for a while, and leaves.
async fn race<B: Brain>(
    driver: &mut FrameDriver<B>,
    target: &Target,
    stop: &Flag,
) -> Result<(), Ending> {
    let mut socket = driver.join(target, None).await?;
    if let Ok(played) = timeout(CHEATING, driver.play(&mut socket, || stop.is_set())).await {
        played?;
    }
    leave(socket).await;
    Ok(())
}

/// Whether this is how the slower of two connections with one token ends: the other has the player.
fn may_lose(ending: &Ending) -> bool {
    let ends = [CloseCode::TakenOver, CloseCode::Full];
    matches!(ending, Ending::Closed { code, .. } if ends.iter().any(|end| end.code() == *code))
}

/// One misbehaving bot.
pub(crate) struct Culprit<B> {
    pub(crate) kind: Misbehaviour,
    pub(crate) name: String,
    pub(crate) room: String,
    pub(crate) ticket: Option<TicketFile>,
    pub(crate) target: Arc<Target>,
    pub(crate) stop: Flag,
    pub(crate) start: Instant,
    pub(crate) rng: Rng,
    pub(crate) clock: Clock,
    pub(crate) brain: MakeBrain<B>,
    pub(crate) record: Arc<Mutex<Misbehaved>>,
}

impl<B: Brain> Culprit<B> {
    /// Misbehaves until the run ends.
    pub(crate) async fn run(mut self) {
        sleep_until(self.start).await;
        while !self.stop.is_set() {
            let outcome = match self.kind {
                Misbehaviour::Slow => self.slow().await,
                Misbehaviour::Churn => self.churn().await,
                Misbehaviour::Flood => self.flood().await,
                Misbehaviour::Garbage => self.garbage().await,
                Misbehaviour::Silent => self.silent().await,
                Misbehaviour::Cheat => self.cheat().await,
            };
            self.record.lock().unwrap_or_else(PoisonError::into_inner).count(&outcome);
            sleep(PAUSE).await;
        }
    }

    async fn slow(&mut self) -> Outcome {
        let mut driver = self.driver();
        let mut socket = match driver.join(&self.target, Some(SLOW_RECEIVE_BUFFER_BYTES)).await {
            Ok(socket) => socket,
            Err(ending) => return Outcome::NotJoined(ending),
        };
        socket.get_mut().slow_down(SLOW_BYTES_PER_S);
        let ending = driver.play(&mut socket, || self.stop.is_set()).await;
        self.view_verdict(&driver).unwrap_or(match ending {
            Ok(()) => Outcome::Lasted,
            Err(ending) => Outcome::Ended(ending),
        })
    }

    async fn churn(&mut self) -> Outcome {
        let mut driver = self.driver();
        let mut socket = match driver.join(&self.target, None).await {
            Ok(socket) => socket,
            Err(ending) => return Outcome::NotJoined(ending),
        };
        let stay = Duration::from_millis(self.rng.between(200, 2_000) as u64);
        let played = timeout(stay, driver.play(&mut socket, || self.stop.is_set())).await;
        let verdict = self.view_verdict(&driver);
        if let Ok(Err(ending)) = played {
            return verdict.unwrap_or(Outcome::Ended(ending));
        }
        leave(socket).await;
        verdict.unwrap_or(Outcome::Left)
    }

    async fn flood(&mut self) -> Outcome {
        let mut driver = self.driver();
        let socket = match driver.join(&self.target, None).await {
            Ok(socket) => socket,
            Err(ending) => return Outcome::NotJoined(ending),
        };
        let seen = driver.player().tick().unwrap_or(Tick(0));
        let mut tick = driver.player().last_input();
        let message = move || {
            tick = tick.next();
            let input = <B::Game as Game>::Input::default();
            codec::encode(&ClientMessage::<_>::Input { tick, seen, view_delay: 0, input })
        };
        self.provoke(socket, Some((message, FLOOD_BURST, Duration::ZERO))).await
    }

    async fn garbage(&mut self) -> Outcome {
        let opened = if self.rng.one_in(2) {
            self.target.connect(None).await
        } else {
            self.driver().join(&self.target, None).await
        };
        let socket = match opened {
            Ok(socket) => socket,
            Err(ending) => return Outcome::NotJoined(ending),
        };
        let mut rng = Rng::new(self.rng.bits());
        let message = move || {
            let length = rng.between(1, GARBAGE_BYTES_MAX);
            (0..length).map(|_| rng.bits() as u8).collect()
        };
        self.provoke(socket, Some((message, 1, GARBAGE_PERIOD))).await
    }

    async fn cheat(&mut self) -> Outcome {
        let mut driver = self.driver().with_behind(cheats);
        let mut socket = match driver.join(&self.target, None).await {
            Ok(socket) => socket,
            Err(ending) => return Outcome::NotJoined(ending),
        };
        let stop = self.stop.clone();
        let played = timeout(CHEATING, driver.play(&mut socket, || stop.is_set())).await;
        if let Some(verdict) = self.view_verdict(&driver) {
            return verdict;
        }
        if let Ok(Err(ending)) = played {
            return Outcome::Ended(ending);
        }
        drop(socket);
        // At the end of a run nobody stays for long enough to be taken over from.
        if stop.is_set() {
            return Outcome::Left;
        }
        let mut racers = [(); 2].map(|()| {
            let player = driver.player().reconnect();
            FrameDriver::new(self.bot(player)).with_behind(cheats)
        });
        let [one, other] = &mut racers;
        let (one, other) =
            tokio::join!(race(one, &self.target, &stop), race(other, &self.target, &stop));
        let verdict = racers.iter().find_map(|driver| self.view_verdict(driver));
        verdict.unwrap_or_else(|| match (one, other) {
            (Ok(()), Ok(())) if stop.is_set() => Outcome::Left,
            (Ok(()), Ok(())) if racers.iter().all(|racer| racer.player().has_resumed()) => {
                Outcome::Doubled
            }
            (Ok(()), Ok(())) => Outcome::Left,
            (Ok(()), Err(ending)) | (Err(ending), Ok(())) if may_lose(&ending) => Outcome::Left,
            (Err(ending), _) | (_, Err(ending)) => Outcome::Ended(ending),
        })
    }

    async fn silent(&mut self) -> Outcome {
        match self.target.connect(None).await {
            Ok(socket) => self.provoke(socket, None::<(fn() -> Vec<u8>, u32, Duration)>).await,
            Err(ending) => Outcome::NotJoined(ending),
        }
    }

    /// Sends bursts of messages with pauses, or nothing, until the server closes the connection.
    async fn provoke(
        &self,
        socket: Socket,
        messages: Option<(impl FnMut() -> Vec<u8>, u32, Duration)>,
    ) -> Outcome {
        let (mut sink, mut stream) = socket.split();
        let write = async {
            if let Some((mut message, burst, pause)) = messages {
                loop {
                    for _ in 0..burst {
                        sink.feed(Message::Binary(message().into())).await?;
                    }
                    sink.flush().await?;
                    if pause.is_zero() {
                        yield_now().await;
                    } else {
                        sleep(pause).await;
                    }
                }
            }
            Ok::<(), Ending>(())
        };
        // A failed write decides nothing: the server's close frame may still be in flight.
        let write = async {
            let _ = write.await;
            std::future::pending::<()>().await;
        };
        let read = async {
            loop {
                if let Err(ending) = binary(stream.next().await) {
                    return ending;
                }
            }
        };
        let stop = async {
            while !self.stop.is_set() {
                sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            ending = read => Outcome::Ended(ending),
            () = stop => Outcome::Lasted,
            () = sleep(ANSWER_TIMEOUT) => Outcome::Unanswered,
            () = write => Outcome::Unanswered,
        }
    }

    /// A complete bot whose figures stay out of those of the well-behaved bots.
    fn driver(&mut self) -> FrameDriver<B> {
        let player = Player::witness(&self.name, &self.room, Maps::default());
        FrameDriver::new(self.bot(player))
    }

    fn bot(&mut self, player: Player<B::Game>) -> Bot<B> {
        let brain = (self.brain)(self.rng.bits());
        let (tally, ticket) = (SharedTally::default(), self.ticket.clone());
        Bot::new(player, brain, (0, self.clock), tally, ticket)
    }

    /// Records the bot's counters. Returns an outcome if its view was wrong.
    fn view_verdict(&self, driver: &FrameDriver<B>) -> Option<Outcome> {
        let stats = driver.player().stats();
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.checksums_verified += stats.checksums;
        record.ticks_skipped += stats.ticks_skipped;
        record.keyframes += stats.keyframes;
        let mismatches = stats.mismatches + stats.document_mismatches;
        (mismatches > 0).then_some(Outcome::WrongView { mismatches })
    }
}
