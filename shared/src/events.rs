//! What a step of the rules brings about besides the world: events for clients, and lines of the chat.

use std::borrow::Cow;
use std::fmt::{self, Debug};

use glam::IVec2;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::RecordId;
use crate::ids::PlayerId;

/// Who receives an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody in the room.
    Room,
    /// Everybody whose view contains this position (grid units) when the event is sent.
    Near(IVec2),
    /// One player.
    Player(PlayerId),
}

/// Something that happened, for the screen.
///
/// `#[derive(Event)]` implements it, serde included. A type that serde knows already can implement
/// it by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event",
    note = "write #[derive(Event, Clone, Debug)] above the enum or the struct"
)]
pub trait Event: Serialize + DeserializeOwned + Clone + Debug + Send + 'static {
    /// A fingerprint of what the type is made of, for [`crate::schema_hash::schema_hash`]. A part of a
    /// type of the author's own counts by its name.
    const SHAPE: u64 = 0;
}

/// Nothing that clients are sent.
impl Event for () {}

/// What the rules do to the room's chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEdit {
    /// A line of the game's own, to everybody; cut at `CHAT_BYTES_MAX` bytes.
    Announce(String),
    /// A line goes: nobody sees its text any more, nor who joins later.
    Withdraw(RecordId),
}

/// What of a room strangers may read in its feed, besides what the rules publish of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Public {
    /// Who joins and leaves, by name.
    pub players: bool,
    /// What is said to the room.
    pub chat: bool,
}

impl Public {
    /// Nothing.
    pub const NOTHING: Self = Self { players: false, chat: false };
    /// Who joins and leaves.
    pub const PLAYERS: Self = Self { players: true, chat: false };
    /// Also what is said to the room.
    pub const CHAT: Self = Self { players: true, chat: true };
}

/// A chat line before anybody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken<'a> {
    /// The line: clean, not empty.
    pub text: &'a str,
    /// The only player who gets it; `None` for a line to the room.
    pub to: Option<PlayerId>,
}

/// What becomes of a chat line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// It is said.
    #[default]
    Say,
    /// Another text is said in its place, cut at `CHAT_BYTES_MAX` bytes.
    Instead(String),
    /// It was a command: nobody sees it.
    Done,
    /// Nobody sees it, and the player is sent this reason, cut at `REFUSAL_BYTES_MAX` bytes.
    Refuse(Cow<'static, str>),
}

/// The events of one step, in the order in which they happened, and the part that the step has
/// reached.
pub struct Events<E> {
    events: Vec<(Audience, E)>,
    chat: Vec<ChatEdit>,
    on_phase: Option<Box<dyn FnMut(&'static str) + Send>>,
}

impl<E> Default for Events<E> {
    fn default() -> Self {
        Self { events: Vec::new(), chat: Vec::new(), on_phase: None }
    }
}

impl<E> Events<E> {
    /// No events; `on_phase` is called with the name of each part that a step reaches.
    #[must_use]
    pub fn watched(on_phase: Box<dyn FnMut(&'static str) + Send>) -> Self {
        Self { events: Vec::new(), chat: Vec::new(), on_phase: Some(on_phase) }
    }

    /// Sends `event` to `audience`. Each client receives it, possibly late, or learns how many
    /// events it missed.
    pub fn push(&mut self, audience: Audience, event: E) {
        self.events.push((audience, event));
    }

    /// Changes the room's chat at the end of the step.
    pub fn edit_chat(&mut self, edit: ChatEdit) {
        self.chat.push(edit);
    }

    /// What the rules do to the chat so far.
    #[must_use]
    pub fn chat_edits(&self) -> &[ChatEdit] {
        &self.chat
    }

    /// Removes and returns what the rules do to the chat.
    pub fn drain_chat(&mut self) -> impl Iterator<Item = ChatEdit> {
        self.chat.drain(..)
    }

    /// Names the part of the step that begins here, such as "shots": it ends where the next one
    /// begins, or with the step. When a tick takes too long, the log names the slowest part, and
    /// the one in which a step hangs. The rules learn nothing from it, least of all the time.
    #[inline]
    pub fn phase(&mut self, name: &'static str) {
        if let Some(on_phase) = &mut self.on_phase {
            on_phase(name);
        }
    }

    /// The events so far.
    #[must_use]
    pub fn all(&self) -> &[(Audience, E)] {
        &self.events
    }

    /// Removes and returns the events.
    pub fn drain(&mut self) -> impl Iterator<Item = (Audience, E)> {
        self.events.drain(..)
    }
}

impl<E: Debug> Debug for Events<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.events).finish()
    }
}
