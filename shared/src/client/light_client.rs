//! A client without a view: it reads only the head of a frame.
//!
//! To the server it is a player like any other: it sends a hello, inputs and pings, and reports
//! what it has seen. A client finds what follows the head only by decoding all that comes before
//! it, so a light client verifies no checksum and finds no pong, event or name. A load consists
//! mostly of light clients, next to some whole clients that look at what arrives.

use std::marker::PhantomData;

use super::measure::stats::{Stats, skipped};
use super::pings::Pings;
use super::receive::incoming::{ClientError, Received, check_length, open_welcome, refused};
use super::receive::newest::Newest;
use crate::game::Game;
use crate::ids::{PlayerId, Tick};
use crate::protocol::bits::BitReader;
use crate::protocol::frame::Head;
use crate::protocol::messages::{ClientMessage, Encoding, Hello, ResumeOffer, ResumeRequest};
use crate::protocol::{CONTROL, codec};
use crate::schema_hash::schema_hash;

/// What it remembers of the welcome.
#[derive(Clone, Copy, Debug)]
struct Welcomed {
    tick_hz: u16,
    player: Option<PlayerId>,
    resumed: bool,
}

/// One player's end of the game without a view. It has those methods of [`super::Client`] that need
/// no view.
#[derive(Debug)]
pub struct LightClient<G: Game> {
    hello: Hello,
    welcomed: Option<Welcomed>,
    newest: Newest,
    last_input: Tick,
    pings: Pings,
    stats: Stats,
    game: PhantomData<fn() -> G>,
}

impl<G: Game> LightClient<G> {
    /// A light client that asks for this name and this room (empty: any).
    #[must_use]
    pub fn new(name: &str, room: &str) -> Self {
        const { G::SCHEMA.validate() };
        Self {
            hello: Hello::new(schema_hash::<G>(), name, room),
            welcomed: None,
            newest: Newest::default(),
            last_input: Tick(0),
            pings: Pings::default(),
            stats: Stats::default(),
            game: PhantomData,
        }
    }

    /// The same client, which brings this ticket.
    #[must_use]
    pub fn with_ticket(mut self, ticket: Option<String>) -> Self {
        self.hello.ticket = ticket;
        self
    }

    /// The same client, whose changes come in this encoding.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.hello.encoding = encoding.number();
        self
    }

    /// The client of the same player on a new connection: see [`super::Client::reconnect`].
    #[must_use]
    pub fn reconnect(&self) -> Self {
        Self { hello: self.hello.clone(), ..Self::new("", "") }
    }

    /// The first message to send once the socket is open.
    pub fn hello(&mut self) -> Vec<u8> {
        self.outgoing(&ClientMessage::Hello(self.hello.clone()))
    }

    /// Takes a binary message from the server. Counters that need a view stay 0.
    ///
    /// # Errors
    /// When it is not a valid message: close the connection.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Received, ClientError> {
        check_length(bytes)?;
        self.stats.bytes_in += bytes.len() as u64;
        if bytes[0] != CONTROL {
            return self.framed(bytes).map(|()| Received::Frame);
        }
        if self.welcomed.is_some() {
            return Err(ClientError("a second welcome".into()));
        }
        let welcome = open_welcome(&bytes[1..], self.hello.schema)?;
        self.welcomed = Some(Welcomed {
            tick_hz: welcome.tick_hz,
            player: welcome.player,
            resumed: welcome.resumed.is_some(),
        });
        self.hello.room = welcome.room;
        // It reads no events, and needs none again.
        let seen = Tick(u32::MAX);
        let request = |offer: ResumeOffer| ResumeRequest { token: offer.token, seen };
        self.hello.resume = welcome.resume.map(request);
        Ok(Received::Welcome)
    }

    fn framed(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        if self.welcomed.is_none() {
            return Err(ClientError("a frame before the welcome".into()));
        }
        let head = Head::decode(&mut BitReader::new(bytes)).map_err(refused)?;
        let advance = self.newest.advance(head.base).map_err(refused)?;
        self.stats.frames += 1;
        self.stats.ticks_skipped += skipped::<G>(&advance);
        match advance.age {
            None => self.stats.keyframes += 1,
            Some(_) => self.stats.delta_bytes_in += bytes.len() as u64,
        }
        Ok(())
    }

    /// The message that sends these controls; call it once per frame. `None` before the first
    /// frame.
    pub fn input(&mut self, input: G::Input) -> Option<Vec<u8>> {
        let seen = self.tick()?;
        // It reads no pong: the tick after the newest frame's, as on a good link.
        self.last_input = seen.next();
        Some(self.outgoing(&ClientMessage::Input {
            tick: self.last_input,
            seen,
            view_delay: 0,
            input,
        }))
    }

    /// The next ping if it is due: see [`super::Client::transmit`].
    pub fn transmit(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let seen = self.tick()?;
        let due = self.pings.is_due(now_us);
        due.then(|| self.outgoing(&ClientMessage::Ping { sent_us: now_us, seen }))
    }

    /// When the next ping is due: see [`super::Client::poll_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.tick().map(|_| self.pings.next_us())
    }

    fn outgoing(&mut self, message: &ClientMessage<G::Input>) -> Vec<u8> {
        let bytes = codec::encode(message);
        self.stats.bytes_out += bytes.len() as u64;
        bytes
    }

    /// Steps per second of the server; `None` before its welcome.
    #[must_use]
    pub fn tick_hz(&self) -> Option<u16> {
        self.welcomed.map(|welcomed| welcomed.tick_hz)
    }

    /// The client's player; `None` before the welcome.
    #[must_use]
    pub fn player(&self) -> Option<PlayerId> {
        self.welcomed.and_then(|welcomed| welcomed.player)
    }

    /// Whether the client has resumed its player.
    #[must_use]
    pub fn has_resumed(&self) -> bool {
        self.welcomed.is_some_and(|welcomed| welcomed.resumed)
    }

    /// The tick of the newest frame.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        self.newest.synced.then_some(self.newest.tick)
    }

    /// The tick of the last input.
    #[must_use]
    pub fn last_input(&self) -> Tick {
        self.last_input
    }

    /// The tick of the last input that the server has applied.
    #[must_use]
    pub fn ack(&self) -> Tick {
        self.newest.ack
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }
}
