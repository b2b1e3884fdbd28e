//! What a front end is to show.

use serde::Serialize;

use crate::document::RecordId;
use crate::ids::{PlayerId, Tick};

/// What to show the person, in order.
///
/// As JSON it is an object with one key, the variant in snake case: `{"event": …}`, `{"chat": {line,
/// player, name, text, tick, earlier}}`, `{"withdrawn": {line}}`, `{"whisper": {from, from_name, to,
/// to_name, text}}`, `{"taken": {number}}`, `{"refused": {number, reason}}`, `{"ticket_ends": {in_s}}` or
/// `{"missed": {events}}`. What is `None` is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice<E> {
    /// Something happened in the game.
    Event(E),
    /// Somebody said something.
    Chat {
        /// The record of the line.
        line: RecordId,
        /// The speaker; `None` for the game itself.
        player: Option<PlayerId>,
        /// The speaker's name; empty for the game.
        name: String,
        /// The line.
        text: String,
        /// When it was said.
        tick: Tick,
        /// Whether it was said before this client came.
        earlier: bool,
    },
    /// A chat line was withdrawn: do not show it any more.
    Withdrawn {
        /// The record of the line.
        line: RecordId,
    },
    /// Somebody said something to one player: this one, or this one did.
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
    /// The rules have taken the commands up to this one.
    Taken {
        /// Its number.
        number: u32,
    },
    /// A command, a chat line or a new ticket of this player was refused.
    Refused {
        /// The number of the command; `None` for anything else.
        number: Option<u32>,
        /// Why.
        reason: String,
    },
    /// This client's ticket ends soon, and its connection with it unless it brings another: see
    /// [`Client::renew`](crate::client::Client::renew).
    TicketEnds {
        /// Seconds until then.
        in_s: u16,
    },
    /// This client has lost some events, or chat lines.
    Missed {
        /// How many.
        events: u32,
    },
}
