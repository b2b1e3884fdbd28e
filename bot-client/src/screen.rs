//! Bots that play as a person does: at a screen of sixty pictures a second, over a link of their
//! own.
//!
//! What comes and goes passes through the client core's link conditions. Inputs are made when the
//! core's own clock says so; each picture is drawn, as the page does it, for the figures of how the
//! game feels.

use std::time::Duration;

use drumbeat_shared::client::{Conditions, Lab};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::bot::{Bot, Brain, JOIN_TIMEOUT, SEND_TIMEOUT, SILENCE, SILENCES_MAX, last_words};
use crate::connect::{Ending, Socket, Target, binary};

/// Time between two pictures.
const PICTURE: Duration = Duration::from_nanos(16_666_667);
/// Pictures after which the figures are handed over.
const HAND_OVER: u32 = 30;

/// What stands between a bot and its connection.
#[derive(Debug)]
pub(crate) struct Screen {
    lab: Lab,
    next_picture: Instant,
    until_hand_over: u32,
    picture: Vec<f32>,
    /// When anything last came from the server.
    heard: Instant,
}

impl Screen {
    pub(crate) fn new(conditions: Conditions, seed: u64) -> Self {
        let now = Instant::now();
        Self {
            lab: Lab::new(conditions, seed),
            next_picture: now,
            until_hand_over: HAND_OVER,
            picture: Vec::new(),
            heard: now,
        }
    }
}

impl<B: Brain> Bot<B> {
    /// Connects, says hello and waits for the first frame, all over the screen's link.
    pub(crate) async fn join_at_screen(
        &mut self,
        screen: &mut Screen,
        target: &Target,
    ) -> Result<Socket, Ending> {
        let joining = async {
            let mut socket = target.connect(None).await?;
            let now = Instant::now();
            (screen.heard, screen.next_picture) = (now, now);
            let hello = self.player.hello();
            send(screen, hello, self.clock_us(now))?;
            while self.player.tick().is_none() {
                self.turn(screen, &mut socket).await?;
            }
            Ok(socket)
        };
        let late = || Ending::Broken(format!("no frame within {} s", JOIN_TIMEOUT.as_secs()));
        timeout(JOIN_TIMEOUT, joining).await.unwrap_or_else(|_| Err(late()))
    }

    /// Plays until `is_over`.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play_at_screen(
        &mut self,
        screen: &mut Screen,
        socket: &mut Socket,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Ending> {
        while !is_over() {
            self.turn(screen, socket).await?;
            let silent = SILENCE * SILENCES_MAX;
            if screen.heard.elapsed() > silent {
                return Err(Ending::Broken(format!("no frame for {} s", silent.as_secs())));
            }
        }
        Ok(())
    }

    /// Waits until something comes or is due, and does what is to be done then.
    async fn turn(&mut self, screen: &mut Screen, socket: &mut Socket) -> Result<(), Ending> {
        let due = screen.lab.next_us().map(|us| self.epoch + Duration::from_micros(us));
        let wake = due.map_or(screen.next_picture, |due| due.min(screen.next_picture));
        let message = tokio::select! {
            biased;
            message = socket.next() => binary(message)?,
            () = sleep_until(wake) => None,
        };
        let now = Instant::now();
        let now_us = self.clock_us(now);
        if let Some(bytes) = message {
            screen.heard = now;
            let arrived = screen.lab.arrive(bytes.to_vec(), now_us);
            arrived.map_err(|error| Ending::Broken(error.to_string()))?;
        }
        while let Some(bytes) = screen.lab.deliver(now_us) {
            self.receive(&bytes, now, now)?;
            if self.player.tick().is_some() {
                self.hold(now_us);
            }
        }
        self.send_what_is_due(screen, socket, now_us).await?;
        if now >= screen.next_picture {
            self.draw(screen, now);
        }
        Ok(())
    }

    /// The brain decides with every frame; what it wants is held until the next.
    fn hold(&mut self, now_us: u64) {
        if let Some(input) = self.brain.decide(&self.player)
            && let Some(client) = self.player.client_mut()
        {
            client.hold(input, now_us);
        }
    }

    fn draw(&mut self, screen: &mut Screen, now: Instant) {
        // A screen leaves out what it is late for.
        let next = screen.next_picture + PICTURE;
        screen.next_picture = if next > now { next } else { now + PICTURE };
        let now_us = self.clock_us(now);
        let Some(client) = self.player.client_mut() else {
            return;
        };
        client.draw(now_us, &mut screen.picture);
        screen.until_hand_over -= 1;
        if screen.until_hand_over == 0 {
            screen.until_hand_over = HAND_OVER;
            self.tally.lock().feel.absorb(&client.take_feel());
        }
    }

    async fn send_what_is_due(
        &mut self,
        screen: &mut Screen,
        socket: &mut Socket,
        now_us: u64,
    ) -> Result<(), Ending> {
        let mut last_input = self.player.last_input();
        while let Some(bytes) = self.player.transmit(now_us) {
            let input = self.player.last_input();
            if input > last_input {
                self.waits.input(input, now_us, &mut self.tally.lock());
                last_input = input;
            }
            send(screen, bytes, now_us)?;
        }
        let sending = async {
            while let Some(bytes) = screen.lab.depart(now_us) {
                socket.feed(Message::Binary(bytes.into())).await?;
            }
            Ok(socket.flush().await?)
        };
        match timeout(SEND_TIMEOUT, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(ending)) => Err(last_words(socket).await.unwrap_or(ending)),
            Err(_) => {
                let seconds = SEND_TIMEOUT.as_secs();
                Err(Ending::Broken(format!("nothing could be sent for {seconds} s")))
            }
        }
    }
}

fn send(screen: &mut Screen, bytes: Vec<u8>, now_us: u64) -> Result<(), Ending> {
    screen.lab.send(bytes, now_us).map_err(|error| Ending::Broken(error.to_string()))
}
