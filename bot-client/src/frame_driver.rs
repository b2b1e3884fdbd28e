//! A bot driven by the frames it receives.
//!
//! The bot makes an input when a frame arrives: once a tick, evenly paced by the server, without a
//! timer. A timer wakes the bot only when frames stop arriving, to send its pings, and when its
//! brain wants to wish: inputs that outnumber the ticks would only wait in the server.

use std::pin::pin;
use std::time::Duration;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::bot::{Bot, Brain, SILENCE, SILENCES_MAX, join_in_time, unheard};
use crate::connect::{Ending, SEND_TIMEOUT, Socket, Target, binary, sent};
use crate::player::Player;

/// Why a bot has something to do.
enum Woken {
    Frame(Bytes),
    /// By a message that needs no attention.
    InVain,
    Silence,
    /// By its brain's own wish.
    Wish,
}

/// Makes what a bot sends behind an input: from its tick, the newest tick seen and its controls.
pub(crate) type Behind<I> = fn(Tick, Tick, I) -> Vec<Vec<u8>>;

/// A bot that acts with every frame.
pub(crate) struct FrameDriver<B: Brain> {
    bot: Bot<B>,
    behind: Option<Behind<<B::Game as Game>::Input>>,
}

impl<B: Brain> FrameDriver<B> {
    pub(crate) fn new(bot: Bot<B>) -> Self {
        Self { bot, behind: None }
    }

    /// The same bot, which sends this behind each input.
    pub(crate) fn with_behind(self, behind: Behind<<B::Game as Game>::Input>) -> Self {
        Self { behind: Some(behind), ..self }
    }

    /// The player.
    pub(crate) fn player(&self) -> &Player<B::Game> {
        &self.bot.player
    }

    /// From the hello of its connection to the first frame.
    pub(crate) fn to_view(&self) -> Duration {
        self.bot.to_view
    }

    /// Connects, says hello and waits for the first frame. `receive_buffer_bytes` requests a small
    /// `SO_RCVBUF`.
    pub(crate) async fn join(
        &mut self,
        target: &Target,
        receive_buffer_bytes: Option<u32>,
    ) -> Result<Socket, Ending> {
        join_in_time(async {
            let mut socket = target.connect(receive_buffer_bytes).await?;
            let (hello, hello_at) = (self.bot.player.hello(), Instant::now());
            socket.send(Message::Binary(hello.into())).await?;
            while self.bot.player.tick().is_none() {
                if let Some(bytes) = binary(socket.next().await)? {
                    self.receive(&bytes, &socket, Instant::now())?;
                }
            }
            self.bot.to_view = arrived(&socket).saturating_duration_since(hello_at);
            self.send_input(&mut socket, Instant::now()).await?;
            self.transmit(&mut socket, Instant::now()).await?;
            Ok(socket)
        })
        .await
    }

    /// Plays until `is_over`, which is checked with every frame.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play(
        &mut self,
        socket: &mut Socket,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Ending> {
        let mut silence = pin!(sleep(SILENCE));
        // Counted, not timed: when the swarm itself was suspended, it wakes to a single late
        // silence, with the frames still in its sockets.
        let mut silences = 0;
        while !is_over() {
            let wishes_at = self.bot.wishes_at();
            let woken = tokio::select! {
                biased;
                message = socket.next() => binary(message)?.map_or(Woken::InVain, Woken::Frame),
                () = silence.as_mut() => Woken::Silence,
                () = sleep_until(wishes_at.unwrap_or_else(Instant::now)), if wishes_at.is_some() => {
                    Woken::Wish
                }
            };
            let now = Instant::now();
            match &woken {
                Woken::Frame(bytes) => {
                    silences = 0;
                    self.receive(bytes, socket, now)?;
                }
                Woken::Silence => silences += 1,
                Woken::Wish | Woken::InVain => {}
            }
            if silences == SILENCES_MAX {
                return Err(unheard());
            }
            if !matches!(woken, Woken::Wish) {
                silence.as_mut().reset(now + SILENCE);
            }
            let sending = async {
                if matches!(woken, Woken::Frame(_)) {
                    self.send_input(socket, now).await?;
                }
                if matches!(woken, Woken::Frame(_) | Woken::Wish) {
                    self.send_wishes(socket, now).await?;
                }
                self.transmit(socket, now).await
            };
            let outcome = timeout(SEND_TIMEOUT, sending).await;
            sent(socket, outcome).await?;
        }
        Ok(())
    }

    fn receive(&mut self, bytes: &[u8], socket: &Socket, now: Instant) -> Result<(), Ending> {
        let arrived = arrived(socket);
        self.bot.receive(bytes, arrived, now)?;
        self.bot.shown(arrived);
        Ok(())
    }

    /// Queues what the brain wants to say; its commands go with the player's messages.
    async fn send_wishes(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        for line in self.bot.wish(self.bot.clock_us(now)) {
            socket.feed(Message::Binary(line.into())).await?;
        }
        Ok(())
    }

    /// Queues the next controls.
    async fn send_input(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        let now_us = self.bot.clock_us(now);
        let Some(input) = self.bot.brain.decide(&self.bot.player) else { return Ok(()) };
        let Some(message) = self.bot.player.input(input, now_us) else { return Ok(()) };
        let tick = self.bot.player.last_input();
        self.bot.waits.input(tick, now_us, &mut self.bot.tally.lock());
        socket.feed(Message::Binary(message.into())).await?;
        let seen = self.bot.player.tick().unwrap_or_default();
        for more in self.behind.map(|behind| behind(tick, seen, input)).unwrap_or_default() {
            socket.feed(Message::Binary(more.into())).await?;
        }
        Ok(())
    }

    /// Sends the queue and the player's pending messages.
    async fn transmit(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        while let Some(message) = self.bot.player.transmit(self.bot.clock_us(now)) {
            socket.feed(Message::Binary(message.into())).await?;
        }
        Ok(socket.flush().await?)
    }
}

/// When the newest bytes read from a socket arrived.
fn arrived(socket: &Socket) -> Instant {
    socket.get_ref().arrived()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_hdr_async;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

    use drumbeat_shared::client::Maps;
    use drumbeat_shared::toy::Toy;

    use super::*;
    use crate::clock::Clock;
    use crate::figures::SharedTally;
    use crate::random::random;

    // The large error type belongs to tungstenite's callback type.
    #[allow(clippy::result_large_err)]
    #[tokio::test]
    async fn a_server_that_falls_silent_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = Target { url: format!("ws://{address}").parse().unwrap(), address, tls: None };
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
        let brain = random::<Toy>(1);
        let player = Player::witness("Ada", "", Maps::default());
        let mut driver =
            FrameDriver::new(Bot::new(player, brain, (0, Clock::start()), tally.clone(), None));
        driver.bot.waits.frame(Tick(1), Tick(0), 0, &mut tally.lock());
        let ending = driver.play(&mut socket.unwrap(), || false).await;
        assert_eq!(ending, Err(Ending::Broken("no frame for 10 s".into())));
        drop(driver);
        let spacing = tally.take().cut_off.frame_spacing.percentiles().unwrap();
        assert!(spacing.max >= 10_000.0, "{spacing:?}");
    }
}
