//! A bot driven like a person plays: at a screen of 60 pictures per second, over its own simulated
//! link.
//!
//! All messages in both directions pass through the client core's link conditions. The core's clock
//! decides when the bot makes inputs. Each picture is drawn, as on the page, for the figures of how
//! the game feels.

use std::time::Duration;

use drumbeat_shared::client::{Conditions, Lab};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::bot::{Bot, Brain, SILENCE, SILENCES_MAX, join_in_time, unheard};
use crate::connect::{Ending, SEND_TIMEOUT, Socket, Target, binary, sent};
use crate::player::Player;

/// Time between two pictures.
const PICTURE: Duration = Duration::from_nanos(16_666_667);
/// Pictures between two transfers of the figures to the tally.
const HAND_OVER: u32 = 30;

/// A bot behind a simulated link that draws 60 pictures per second.
pub(crate) struct ScreenDriver<B: Brain> {
    bot: Bot<B>,
    lab: Lab,
    next_picture: Instant,
    until_hand_over: u32,
    picture: Vec<f32>,
    /// When the last message from the server came.
    heard: Instant,
}

impl<B: Brain> ScreenDriver<B> {
    pub(crate) fn new(bot: Bot<B>, conditions: Conditions, seed: u64) -> Self {
        let now = Instant::now();
        Self {
            bot,
            lab: Lab::new(conditions, seed),
            next_picture: now,
            until_hand_over: HAND_OVER,
            picture: Vec::new(),
            heard: now,
        }
    }

    /// The player.
    pub(crate) fn player(&self) -> &Player<B::Game> {
        &self.bot.player
    }

    /// From the hello of its connection to the first frame.
    pub(crate) fn to_view(&self) -> Duration {
        self.bot.to_view
    }

    /// Connects, says hello and waits for the first frame, all over the link.
    pub(crate) async fn join(&mut self, target: &Target) -> Result<Socket, Ending> {
        join_in_time(async {
            let mut socket = target.connect(None).await?;
            let now = Instant::now();
            (self.heard, self.next_picture) = (now, now);
            let hello = self.bot.player.hello();
            self.send(hello, self.bot.clock_us(now))?;
            while self.bot.player.tick().is_none() {
                self.turn(&mut socket).await?;
            }
            self.bot.to_view = now.elapsed();
            Ok(socket)
        })
        .await
    }

    /// Plays until `is_over`.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play(
        &mut self,
        socket: &mut Socket,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Ending> {
        while !is_over() {
            self.turn(socket).await?;
            if self.heard.elapsed() > SILENCE * SILENCES_MAX {
                return Err(unheard());
            }
        }
        Ok(())
    }

    /// Waits until a message comes or something is due, and handles it.
    async fn turn(&mut self, socket: &mut Socket) -> Result<(), Ending> {
        let due = self.lab.next_us().map(|us| self.bot.time_of(us));
        let wake = [due, self.bot.wishes_at()].into_iter().flatten().min();
        let wake = wake.map_or(self.next_picture, |wake| wake.min(self.next_picture));
        let message = tokio::select! {
            biased;
            message = socket.next() => binary(message)?,
            () = sleep_until(wake) => None,
        };
        let now = Instant::now();
        let now_us = self.bot.clock_us(now);
        if let Some(bytes) = message {
            self.heard = now;
            let arrived = self.lab.arrive(bytes.to_vec(), now_us);
            arrived.map_err(|error| Ending::Broken(error.to_string()))?;
        }
        while let Some(bytes) = self.lab.deliver(now_us) {
            self.bot.receive(&bytes, now, now)?;
            if self.bot.player.tick().is_some() {
                self.hold(now_us);
                self.wish(now_us)?;
            }
        }
        if self.bot.wishes_at().is_some_and(|at| at <= now) {
            self.wish(now_us)?;
        }
        self.send_what_is_due(socket, now_us).await?;
        if now >= self.next_picture {
            self.draw(now);
        }
        Ok(())
    }

    /// Lets the brain decide, with every frame; its input is held until the next frame.
    fn hold(&mut self, now_us: u64) {
        if let Some(input) = self.bot.brain.decide(&self.bot.player)
            && let Some(client) = self.bot.player.client_mut()
        {
            client.hold(input, now_us);
        }
    }

    /// Lets the brain wish.
    fn wish(&mut self, now_us: u64) -> Result<(), Ending> {
        self.bot.wish(now_us).into_iter().try_for_each(|line| self.send(line, now_us))
    }

    fn draw(&mut self, now: Instant) {
        self.bot.shown(now);
        // Like a screen, it skips pictures that are late.
        let next = self.next_picture + PICTURE;
        self.next_picture = if next > now { next } else { now + PICTURE };
        let now_us = self.bot.clock_us(now);
        let Some(client) = self.bot.player.client_mut() else {
            return;
        };
        client.draw(now_us, &mut self.picture);
        self.until_hand_over -= 1;
        if self.until_hand_over == 0 {
            self.until_hand_over = HAND_OVER;
            self.bot.tally.lock().feel.absorb(&client.take_feel());
        }
    }

    async fn send_what_is_due(&mut self, socket: &mut Socket, now_us: u64) -> Result<(), Ending> {
        let mut last_input = self.bot.player.last_input();
        while let Some(bytes) = self.bot.player.transmit(now_us) {
            let input = self.bot.player.last_input();
            if input > last_input {
                self.bot.waits.input(input, now_us, &mut self.bot.tally.lock());
                last_input = input;
            }
            self.send(bytes, now_us)?;
        }
        let sending = async {
            while let Some(bytes) = self.lab.depart(now_us) {
                socket.feed(Message::Binary(bytes.into())).await?;
            }
            Ok(socket.flush().await?)
        };
        let outcome = timeout(SEND_TIMEOUT, sending).await;
        sent(socket, outcome).await
    }

    fn send(&mut self, bytes: Vec<u8>, now_us: u64) -> Result<(), Ending> {
        self.lab.send(bytes, now_us).map_err(|error| Ending::Broken(error.to_string()))
    }
}
