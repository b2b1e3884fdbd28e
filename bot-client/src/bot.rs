//! One bot: a player on one connection, driven by the frames that it receives.
//!
//! An input is made when a frame arrives: once a tick, evenly paced by the server, without a timer
//! to wake for. Only when frames stay away does a timer wake the bot, for its pings: inputs that
//! outnumber the ticks would only wait in the server.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drumbeat_shared::client::{Received, Stats};
use drumbeat_shared::game::Game;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::connect::{Ending, Socket, Target, binary};
use crate::figures::SharedTally;
use crate::player::Player;
use crate::screen::Screen;
use crate::waits::Waits;

/// How long a bot waits for a frame before it speaks without one.
pub(crate) const SILENCE: Duration = Duration::from_millis(250);
/// Silences in a row until a bot gives the server up. They are counted, not timed: a swarm that was
/// itself stopped wakes to one late silence, with the frames still in its sockets.
pub(crate) const SILENCES_MAX: u32 = 40;
/// How long the server may take nothing; it gives its players the same.
pub(crate) const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long connecting and joining may take, up to the first frame.
pub(crate) const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a leaving bot waits for the server to close too.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

/// What decides a bot's controls.
pub trait Brain: Send + 'static {
    /// The game that it plays.
    type Game: Game;

    /// The controls for the next tick; `None` leaves them as they are and sends nothing. The player
    /// has received a frame.
    fn decide(&mut self, player: &Player<Self::Game>) -> Option<<Self::Game as Game>::Input>;
}

/// Makes a brain from a seed.
pub(crate) type MakeBrain<B> = Arc<dyn Fn(u64) -> B + Send + Sync>;

/// Tells every bot at once that it is time for something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flag(Arc<AtomicBool>);

impl Flag {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One player.
pub(crate) struct Bot<B: Brain> {
    pub(crate) player: Player<B::Game>,
    pub(crate) brain: B,
    pub(crate) epoch: Instant,
    pub(crate) tally: SharedTally,
    /// The player's counters as far as they are in the tally.
    counted: Stats,
    pub(crate) waits: Waits,
    /// What it sits at, if it plays as a person does.
    screen: Option<Box<Screen>>,
}

impl<B: Brain> Bot<B> {
    /// A bot that counts into `tally`. All bots of a run share one `epoch`, their clocks' zero.
    pub(crate) fn new(
        player: Player<B::Game>,
        brain: B,
        epoch: Instant,
        tally: SharedTally,
    ) -> Self {
        let (counted, waits, screen) = (Stats::default(), Waits::default(), None);
        Self { player, brain, epoch, tally, counted, waits, screen }
    }

    /// The same bot at a screen.
    pub(crate) fn at_screen(mut self, screen: Screen) -> Self {
        self.screen = Some(Box::new(screen));
        self
    }

    /// Its end of the game.
    pub(crate) fn player(&self) -> &Player<B::Game> {
        &self.player
    }

    /// Connects, says hello and waits for the first frame.
    pub(crate) async fn join(
        &mut self,
        target: &Target,
        receive_buffer_bytes: Option<u32>,
    ) -> Result<Socket, Ending> {
        if let Some(mut screen) = self.screen.take() {
            let joined = self.join_at_screen(&mut screen, target).await;
            self.screen = Some(screen);
            return joined;
        }
        let joining = async {
            let mut socket = target.connect(receive_buffer_bytes).await?;
            let hello = self.player.hello();
            socket.send(Message::Binary(hello.into())).await?;
            while self.counted.frames == 0 {
                if let Some(bytes) = binary(socket.next().await)? {
                    self.receive(&bytes, arrived(&socket), Instant::now())?;
                }
            }
            self.send_input(&mut socket, Instant::now()).await?;
            self.transmit(&mut socket, Instant::now()).await?;
            Ok(socket)
        };
        let late = || Ending::Broken(format!("no frame within {} s", JOIN_TIMEOUT.as_secs()));
        timeout(JOIN_TIMEOUT, joining).await.unwrap_or_else(|_| Err(late()))
    }

    /// Plays until `is_over`, which is asked with every frame.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play(
        &mut self,
        socket: &mut Socket,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Ending> {
        if let Some(mut screen) = self.screen.take() {
            return self.play_at_screen(&mut screen, socket, is_over).await;
        }
        let mut silence = pin!(sleep(SILENCE));
        let mut silences = 0;
        while !is_over() {
            let message = tokio::select! {
                biased;
                message = socket.next() => binary(message)?,
                () = silence.as_mut() => {
                    silences += 1;
                    None
                }
            };
            let now = Instant::now();
            silence.as_mut().reset(now + SILENCE);
            if let Some(bytes) = &message {
                silences = 0;
                self.receive(bytes, arrived(socket), now)?;
            } else if silences == SILENCES_MAX {
                let silent = SILENCE * SILENCES_MAX;
                return Err(Ending::Broken(format!("no frame for {} s", silent.as_secs())));
            }
            let sending = async {
                if message.is_some() {
                    self.send_input(socket, now).await?;
                }
                self.transmit(socket, now).await
            };
            match timeout(SEND_TIMEOUT, sending).await {
                Ok(Ok(())) => {}
                Ok(Err(ending)) => return Err(last_words(socket).await.unwrap_or(ending)),
                Err(_) => {
                    let seconds = SEND_TIMEOUT.as_secs();
                    return Err(Ending::Broken(format!("nothing could be sent for {seconds} s")));
                }
            }
        }
        Ok(())
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

    /// Queues the next controls.
    async fn send_input(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        let now_us = self.clock_us(now);
        let input = self.brain.decide(&self.player);
        let Some(message) = input.and_then(|input| self.player.input(input, now_us)) else {
            return Ok(());
        };
        self.waits.input(self.player.last_input(), now_us, &mut self.tally.lock());
        Ok(socket.feed(Message::Binary(message.into())).await?)
    }

    /// Sends what is queued and what the player's end has to say.
    async fn transmit(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        while let Some(message) = self.player.transmit(self.clock_us(now)) {
            socket.feed(Message::Binary(message.into())).await?;
        }
        Ok(socket.flush().await?)
    }

    pub(crate) fn clock_us(&self, now: Instant) -> u64 {
        (now - self.epoch).as_micros() as u64
    }
}

impl<B: Brain> Drop for Bot<B> {
    fn drop(&mut self) {
        let now_us = self.clock_us(Instant::now());
        self.waits.end(SILENCE.as_micros() as u64, now_us, &mut self.tally.lock());
    }
}

/// When the newest bytes of a socket arrived.
fn arrived(socket: &Socket) -> Instant {
    socket.get_ref().stream().arrived()
}

/// The server's close frame if it has arrived: it says more than a failed write.
pub(crate) async fn last_words(socket: &mut Socket) -> Option<Ending> {
    let reading = async {
        loop {
            if let Err(ending) = binary(socket.next().await) {
                return matches!(ending, Ending::Closed { .. }).then_some(ending);
            }
        }
    };
    timeout(LEAVE_TIMEOUT, reading).await.ok().flatten()
}

/// Leaves: closes the connection as the protocol wants it.
pub(crate) async fn leave(mut socket: Socket) {
    let goodbye = async {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    // Whether the server answers is not the bot's concern any more.
    let _ = timeout(LEAVE_TIMEOUT, goodbye).await;
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_hdr_async;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

    use drumbeat_shared::client::Maps;
    use drumbeat_shared::ids::Tick;

    use super::*;
    use crate::brains::Pilot;
    use crate::options::BrainKind;

    // tungstenite's callback type, which is its own.
    #[allow(clippy::result_large_err)]
    #[tokio::test]
    async fn a_server_that_falls_silent_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = Target { url: format!("ws://{address}").parse().unwrap(), address };
        let protocol = |request: &Request, mut response: Response| {
            let name = request.headers()["sec-websocket-protocol"].clone();
            response.headers_mut().insert("sec-websocket-protocol", name);
            Ok(response)
        };
        let accept = async {
            let (stream, _) = listener.accept().await.unwrap();
            accept_hdr_async(stream, protocol).await.unwrap()
        };
        let (socket, _silent) = tokio::join!(target.connect(None), accept);
        let tally = SharedTally::default();
        let brain = Pilot::new(BrainKind::Drift, 1);
        let player = Player::witness("Ada", "", Maps::default());
        let mut bot = Bot::new(player, brain, Instant::now(), tally.clone());
        bot.waits.frame(Tick(1), Tick(0), 0, &mut tally.lock());
        let ending = bot.play(&mut socket.unwrap(), || false).await;
        assert_eq!(ending, Err(Ending::Broken("no frame for 10 s".into())));
        drop(bot);
        let spacing = tally.take().cut_off.frame_spacing.percentiles().unwrap();
        assert!(spacing.max >= 10_000.0, "{spacing:?}");
    }
}
