//! The client core: everything a player's end does but sockets, keys and drawing.
//!
//! The swarm's bots and the browser run this very code. It is sans-IO: bytes and the time (any
//! monotonic clock, microseconds) are arguments, what to send is returned.

use std::collections::VecDeque;

use crate::game::Game;
use crate::ids::{PlayerId, Tick};
use crate::protocol::messages::Welcome;
use crate::schema::{Private, State};

/// What a message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// The server's answer to the hello: map and player are known now.
    Welcome,
    /// A state frame: the view is at its tick now.
    Frame,
}

/// An entity in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// A number of the client's own: the same while the entity stays in view, never reused.
    pub key: u32,
    /// Its state at [`Client::tick`], exactly as the server has it.
    pub state: State,
}

/// What a person should be told, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice<E> {
    /// Something happened in the game.
    Event(E),
    /// Somebody said something.
    Chat {
        /// Who.
        player: PlayerId,
        /// The speaker's name.
        name: String,
        /// What.
        text: String,
    },
    /// So many events are lost to this client.
    Missed {
        /// How many.
        events: u32,
    },
}

/// Why a message from the server was refused. The connection should be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(pub String);

/// Counters since the client was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// State frames received.
    pub frames: u64,
    /// Keyframes among them.
    pub keyframes: u64,
    /// WebSocket payload bytes received, all messages.
    pub bytes_in: u64,
    /// WebSocket payload bytes made for sending.
    pub bytes_out: u64,
    /// Payload bytes of the delta frames alone.
    pub delta_bytes_in: u64,
    /// Sum over delta frames of the entities visible after them.
    pub visible_sum: u64,
    /// Sum over delta frames of the visible entities that moved in them.
    pub moving_sum: u64,
    /// Ticks for which no frame came: the server skipped them for this client.
    pub ticks_skipped: u64,
    /// Checksums compared.
    pub checksums: u64,
    /// Checksums that did not match.
    pub mismatches: u64,
    /// Own prediction found wrong by a frame.
    pub corrections: u64,
    /// Size of the last correction, grid units.
    pub correction_last: u32,
    /// Inputs not acknowledged yet.
    pub pending_inputs: u32,
    /// Last round trip time, microseconds; 0 before the first pong.
    pub rtt_us: u32,
    /// Mean deviation of the frames' arrival from an even beat, microseconds (RFC 3550, A.8).
    pub jitter_us: u32,
    /// How far the drawing is behind the newest frame, microseconds.
    pub buffer_us: u32,
}

/// One player's end of the game.
#[derive(Debug)]
pub struct Client<G: Game> {
    notices: VecDeque<Notice<G::Event>>,
    stats: Stats,
}

impl<G: Game> Client<G> {
    /// A client that will ask for this name and this room (empty: any).
    #[must_use]
    pub fn new(_name: &str, _room: &str) -> Self {
        todo!()
    }
    /// The first message to send once the socket is open.
    pub fn hello(&mut self) -> Vec<u8> {
        todo!()
    }
    /// Takes a binary message from the server.
    ///
    /// # Errors
    /// When it is not one: close the connection.
    pub fn receive(&mut self, _bytes: &[u8], _now_us: u64) -> Result<Received, ClientError> {
        todo!()
    }
    /// The message that sends these controls; they apply to the own prediction at once. To be
    /// called once per tick of the server's rate. `None` before the first frame.
    pub fn input(&mut self, _input: G::Input, _now_us: u64) -> Option<Vec<u8>> {
        todo!()
    }
    /// The message that says `text` to the room; `None` if nothing printable is left of it.
    pub fn chat(&mut self, _text: &str) -> Option<Vec<u8>> {
        todo!()
    }
    /// What the core itself has to say: pings when due, requests for names, a resync. Call it
    /// after every frame, and about every 100 ms without frames, until it returns `None`.
    pub fn transmit(&mut self, _now_us: u64) -> Option<Vec<u8>> {
        todo!()
    }
    /// The server's answer to the hello.
    #[must_use]
    pub fn welcome(&self) -> Option<&Welcome> {
        todo!()
    }
    /// The static world.
    #[must_use]
    pub fn map(&self) -> Option<&G::Map> {
        todo!()
    }
    /// The tick of the newest frame.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        todo!()
    }
    /// The entities in view, as of the newest frame.
    #[must_use]
    pub fn visible(&self) -> &[Seen] {
        todo!()
    }
    /// The own avatar as of the newest frame.
    #[must_use]
    pub fn own(&self) -> Option<&State> {
        todo!()
    }
    /// The own avatar with all unacknowledged inputs applied.
    #[must_use]
    pub fn predicted(&self) -> Option<&State> {
        todo!()
    }
    /// The player's private state.
    #[must_use]
    pub fn private(&self) -> &Private {
        todo!()
    }
    /// Number of the last input that was made.
    #[must_use]
    pub fn seq(&self) -> u32 {
        todo!()
    }
    /// Number of the last input that the server has applied.
    #[must_use]
    pub fn ack(&self) -> u32 {
        todo!()
    }
    /// The next thing to tell the person.
    pub fn notice(&mut self) -> Option<Notice<G::Event>> {
        self.notices.pop_front()
    }
    /// The name of a player in view; asks the server for it when it is not known yet.
    pub fn name(&mut self, _player: PlayerId) -> Option<&str> {
        todo!()
    }
    /// The picture at `now_us`: for each entity in view, `DRAW_STRIDE` numbers: key, kind, 1 if it
    /// is the own avatar, then the `FIELDS_MAX` fields, blended as the schema says. The own avatar
    /// is predicted, the others are interpolated.
    pub fn draw(&mut self, _now_us: u64, _out: &mut Vec<f32>) {
        todo!()
    }
    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }
}

/// Numbers per entity that [`Client::draw`] writes.
pub const DRAW_STRIDE: usize = 3 + crate::limits::FIELDS_MAX;
