//! The control messages.

use std::fmt::{self, Debug, Formatter};

use serde::{Deserialize, Serialize};

use crate::ids::{PlayerId, Tick};
use crate::protocol::patch::Patch;

/// A message from a client, sent as one binary WebSocket message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMessage<I, C = ()> {
    /// The first message: who wants to join, as what, and in which room.
    Hello(Hello),
    /// New controls.
    Input {
        /// The tick that the controls are meant for. The input replaces waiting inputs for the same
        /// tick or a later one.
        tick: Tick,
        /// The last tick the client has received.
        seen: Tick,
        /// How far the view time on the screen was behind `seen`, in sixteenths of a tick; negative
        /// when it was ahead.
        view_delay: i16,
        /// The controls.
        input: I,
    },
    /// Asks for a [`Note::Pong`]. Every client sends it at least once a second, even one that only
    /// listens.
    Ping {
        /// The client's clock, microseconds; the pong returns it unchanged.
        sent_us: u64,
        /// The last tick the client has received.
        seen: Tick,
    },
    /// A chat line to the room.
    Chat {
        /// The line; the server cleans it and cuts it at `CHAT_BYTES_MAX` bytes.
        text: String,
    },
    /// Asks for the names of up to `NAMES_PER_REQUEST_MAX` players.
    Names {
        /// The players.
        players: Vec<PlayerId>,
    },
    /// Asks for a keyframe because the view's checksum did not match.
    Resync {
        /// The tick whose checksum failed.
        tick: Tick,
        /// The server's checksum.
        expected: u32,
        /// The client's checksum.
        actual: u32,
    },
    /// What a spectator wants to see; out of place from a player.
    Watch(Watch),
    /// A command to the rules, which take all of them in order.
    Command {
        /// Its number: 1, then one more each time.
        number: u32,
        /// The command.
        command: C,
    },
    /// A chat line to one player.
    Whisper {
        /// Whom to.
        to: PlayerId,
        /// The line; the server treats it as one to the room.
        text: String,
    },
    /// Reports a chat line of the room to whoever runs the server.
    Report {
        /// The record of the line.
        line: u32,
    },
    /// Asks for a document from its start because its checksum did not match.
    Reread {
        /// The number of the document.
        document: u8,
        /// The server's checksum.
        expected: u32,
        /// The client's checksum.
        actual: u32,
    },
    /// A ticket of the same subject in place of the one that this client has brought, which ends.
    Ticket {
        /// The ticket, up to `TICKET_BYTES_MAX` bytes.
        ticket: String,
    },
    /// Asks for the list of players, the document [`super::PLAYERS_DOCUMENT`], from now on.
    Players,
}

/// What a spectator looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Watch {
    /// The player whom the game names its leader.
    #[default]
    Leader,
    /// One player, until it leaves; then the leader.
    Player(PlayerId),
    /// A place, grid units; the spectator looks as near to it as the game allows.
    Place {
        /// Any value.
        x: i32,
        /// Any value.
        y: i32,
    },
}

/// Proves, on a new connection, who a player was on the one before. Keep it as you would a password:
/// who has it can take the player over.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeToken(pub [u8; 16]);

impl Debug for ResumeToken {
    /// Shows nothing of it, so that no log does.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(..)")
    }
}

/// What a hello says about resuming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRequest {
    /// The token of the last welcome.
    pub token: ResumeToken,
    /// The last tick that the client has received: events that were sent after it are sent again.
    pub seen: Tick,
}

/// What a welcome says about resuming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeOffer {
    /// The token for the next hello.
    pub token: ResumeToken,
    /// For how long the place is kept after the connection is lost, seconds.
    pub keep_s: u16,
}

/// How a client wants the changes of entities encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As differences from what both ends predict: see [`crate::replication::change`].
    #[default]
    Predicted,
    /// As the values of the fields that changed, for clients without the game's rules: see
    /// [`crate::replication::plain`].
    Plain,
}

impl Encoding {
    /// What a hello calls it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Predicted => 0,
            Self::Plain => 1,
        }
    }
}

/// The opening message of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`crate::schema_hash::schema_hash`] of the game that the client was built with. A client that
    /// asks for plain changes may send 0: it is sent [`Welcome::schema_text`] then.
    pub schema: u64,
    /// The room to play in; empty leaves the choice to the server.
    pub room: String,
    /// The player's name; the server cleans it and cuts it at `NAME_BYTES_MAX` bytes.
    pub name: String,
    /// Whether the client is a spectator: it has no avatar, takes no player's seat, and sends
    /// neither inputs nor chat.
    pub spectate: bool,
    /// Asks for the player of the last welcome in this room. If the server has it no more, the client
    /// joins as a new one.
    pub resume: Option<ResumeRequest>,
    /// A signed statement of who the client is, where the server looks at such: a JSON Web Token of up
    /// to `TICKET_BYTES_MAX` bytes.
    pub ticket: Option<String>,
    /// How it wants changes encoded: [`Encoding::number`]. Not the enum itself, so that another number
    /// is refused in words instead of as a message that does not decode.
    pub encoding: u8,
}

impl Hello {
    /// The hello of a player's client that was built with a game of this [`crate::schema_hash::schema_hash`].
    #[must_use]
    pub fn new(schema: u64, name: &str, room: &str) -> Self {
        let (room, name) = (room.to_owned(), name.to_owned());
        let encoding = Encoding::Predicted.number();
        Self { schema, room, name, spectate: false, resume: None, ticket: None, encoding }
    }

    /// How it wants changes encoded; `None` if there is no such encoding.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        [Encoding::Predicted, Encoding::Plain]
            .into_iter()
            .find(|encoding| encoding.number() == self.encoding)
    }

    /// Whether the client reads the schema from the welcome.
    #[must_use]
    pub fn asks_for_schema(&self) -> bool {
        self.schema == 0 && self.encoding() == Some(Encoding::Plain)
    }
}

/// The server's answer to [`Hello`]: the byte [`super::CONTROL`], then this as bincode.
///
/// The first state frame after it is a keyframe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`crate::schema_hash::schema_hash`] of the server's game.
    pub schema: u64,
    /// The client's player; `None` for a spectator.
    pub player: Option<PlayerId>,
    /// The player's name as others see it.
    pub name: String,
    /// The room.
    pub room: String,
    /// Steps per second.
    pub tick_hz: u16,
    /// Limit of a player's chat lines in 10 seconds, whispers and reports among them.
    pub chat_per_10s: u16,
    /// [`crate::replication::fingerprint`] of the server's rules.
    pub predictions: u64,
    /// The static world: bincode of the game's `Map`, up to `MAP_BYTES_MAX` bytes.
    pub map: Vec<u8>,
    /// How the player can be resumed, instead of any earlier offer; `None` for spectators, and where
    /// the server keeps no places.
    pub resume: Option<ResumeOffer>,
    /// If this client has resumed its player: the number of the last command that the server has
    /// received from it. The numbers go on from there, and what was not received is sent again.
    pub resumed: Option<u32>,
    /// The schema as JSON, [`crate::descriptor`], for a client that asked for it.
    pub schema_text: Option<String>,
}

impl Welcome {
    /// Time between two steps, microseconds.
    #[must_use]
    pub fn period_us(&self) -> u64 {
        1_000_000 / u64::from(self.tick_hz.max(1))
    }
}

/// A note at the end of a state frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note<E> {
    /// The answer to a ping.
    Pong {
        /// The clock of the ping, unchanged.
        sent_us: u64,
        /// How long the server held the answer until this frame, microseconds. The round trip time
        /// is the time since `sent_us` minus this.
        held_us: u32,
        /// The smallest margin of the inputs since the last pong, microseconds: how long before the
        /// start of its tick an input arrived, negative if after it. Inputs that met a stall (more
        /// than 60 ms late, or arrived together with such an input) are left out. `None` if no
        /// input is left.
        margin_us: Option<i32>,
        /// Inputs since the last pong that arrived after the start of their tick, or too far ahead
        /// of it.
        late: u16,
    },
    /// The answer to a request for names: the known ones.
    Names(Vec<(PlayerId, String)>),
    /// Something happened in the game.
    Event(E),
    /// A new record of a document, or a whole one in place of one that the client may have.
    Record {
        /// The number of the document.
        document: u8,
        /// Its id.
        id: u32,
        /// The record: bincode of a [`Line`] in the room's chat, of a [`Listed`] in the list of players, else
        /// of the game's `Record`.
        record: Vec<u8>,
    },
    /// The client was away for too long and has lost some events.
    Missed {
        /// How many events the log no longer held.
        events: u32,
    },
    /// A record that the client has was changed.
    Patch {
        /// The number of the document.
        document: u8,
        /// Its id.
        id: u32,
        /// What makes the new bytes of the old ones.
        patch: Patch,
    },
    /// A record was removed; the client may not have it.
    Removed {
        /// The number of the document.
        document: u8,
        /// Its id.
        id: u32,
    },
    /// A document starts again: the client forgets all of its records.
    Cleared {
        /// The number of the document.
        document: u8,
    },
    /// The client has now all of a document.
    Whole {
        /// The number of the document.
        document: u8,
        /// The checksum of what it holds.
        checksum: u32,
    },
    /// The rules have taken the client's commands up to this one.
    Taken {
        /// Its number.
        number: u32,
    },
    /// Something that the client asked for was refused.
    Refused {
        /// The number of the command; `None` for anything else.
        number: Option<u32>,
        /// Why, for the person.
        reason: String,
    },
    /// A chat line that only the two players get.
    Whisper {
        /// The speaker.
        from: PlayerId,
        /// The speaker's name.
        from_name: String,
        /// Whom to.
        to: PlayerId,
        /// That player's name.
        to_name: String,
        /// The line.
        text: String,
    },
    /// The client's ticket ends soon, and the connection with it unless the client brings another.
    TicketEnds {
        /// Seconds until then, rounded up.
        in_s: u16,
    },
}

/// A chat line of the room: a record of the document [`super::CHAT_DOCUMENT`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The speaker; `None` for the game itself.
    pub player: Option<PlayerId>,
    /// The speaker's name at that time; empty for the game.
    pub name: String,
    /// The line; `None` once it is withdrawn.
    pub text: Option<String>,
    /// When it was said.
    pub tick: Tick,
}

/// A player of the room: a record of the document [`super::PLAYERS_DOCUMENT`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The player.
    pub player: PlayerId,
    /// The name that it joined by.
    pub name: String,
}
