//! The control messages.

use serde::{Deserialize, Serialize};

use crate::ids::{PlayerId, Tick};

/// What a client sends: each message is one binary WebSocket message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMessage<I> {
    /// The first message: who wants to play what where.
    Hello(Hello),
    /// New controls.
    Input {
        /// The tick that the controls are meant for, always growing.
        tick: Tick,
        /// The last tick the client has received.
        seen: Tick,
        /// How far the picture of the others on the screen was behind `seen`, in sixteenths of a
        /// tick; negative when it was ahead.
        view_delay: i16,
        /// The controls.
        input: I,
    },
    /// Asks for a [`Note::Pong`]; sent at least every second, also by a client that only listens.
    Ping {
        /// The client's clock, microseconds; comes back as it is.
        sent_us: u64,
        /// The last tick the client has received.
        seen: Tick,
    },
    /// A chat line to the room.
    Chat {
        /// The server cleans it and cuts it at `CHAT_BYTES_MAX` bytes.
        text: String,
    },
    /// Asks for the names of players: at most `NAMES_PER_REQUEST_MAX`.
    Names {
        /// Whose names.
        players: Vec<PlayerId>,
    },
    /// The view's checksum did not match: asks for a keyframe.
    Resync {
        /// The tick whose checksum failed.
        tick: Tick,
        /// What the server said.
        expected: u32,
        /// What the client holds.
        actual: u32,
    },
    /// What a spectator wants to see; from a player it is out of place.
    Watch(Watch),
}

/// What a spectator looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Watch {
    /// Whom the game names its leader.
    #[default]
    Leader,
    /// One player, until it leaves; then the leader.
    Player(PlayerId),
    /// A place, grid units, as near as the game lets a spectator look.
    Place {
        /// Any.
        x: i32,
        /// Any.
        y: i32,
    },
}

/// The opening message of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`super::schema_hash`] of the game that the client was built with.
    pub schema: u64,
    /// The room to play in; empty leaves the choice to the server.
    pub room: String,
    /// The player's name; the server cleans it and cuts it at `NAME_BYTES_MAX` bytes.
    pub name: String,
    /// Whether the client only looks on: it has no avatar, takes no player's place, sends no inputs
    /// and no chat.
    pub spectate: bool,
}

impl Hello {
    /// The hello of a player's client that was built with a game of this [`super::schema_hash`].
    #[must_use]
    pub fn new(schema: u64, name: &str, room: &str) -> Self {
        Self { schema, room: room.to_owned(), name: name.to_owned(), spectate: false }
    }
}

/// The server's answer to [`Hello`]: the byte [`super::CONTROL`], then this as bincode.
///
/// The first state frame after it is a keyframe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`super::schema_hash`] of the server's game.
    pub schema: u64,
    /// The client's player; `None` for a spectator.
    pub player: Option<PlayerId>,
    /// The name as the others see it.
    pub name: String,
    /// The room.
    pub room: String,
    /// Steps per second.
    pub tick_hz: u16,
    /// The static world: bincode of the game's `Map`, at most `MAP_BYTES_MAX` bytes.
    pub map: Vec<u8>,
}

impl Welcome {
    /// Time between two steps, microseconds.
    #[must_use]
    pub fn period_us(&self) -> u64 {
        1_000_000 / u64::from(self.tick_hz.max(1))
    }
}

/// What rides at the end of a state frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note<E> {
    /// The answer to a ping.
    Pong {
        /// As it came.
        sent_us: u64,
        /// How long the server held the answer for this frame, microseconds. Round trip time is
        /// what has passed since `sent_us`, less this.
        held_us: u32,
        /// By how much the latest of the inputs since the last pong came before its tick began,
        /// microseconds; negative when that had begun. Those that met a stall (more than 60 ms
        /// late) are left out. `None` if none came.
        margin_us: Option<i32>,
        /// Inputs since the last pong that came after their tick had begun.
        late: u16,
    },
    /// The answer to a request for names: those that are known.
    Names(Vec<(PlayerId, String)>),
    /// Something happened in the game.
    Event(E),
    /// Somebody said something.
    Chat {
        /// Who.
        player: PlayerId,
        /// The speaker's name, as it was then.
        name: String,
        /// What.
        text: String,
    },
    /// The client was away for too long: some events are lost to it.
    Missed {
        /// Events that the log no longer held.
        events: u32,
    },
}
