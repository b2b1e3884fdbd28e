//! What a ticket says of who comes.

use super::once::Use;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Play, or look on.
    Player,
    /// Look on.
    Spectator,
    /// Play, look on, and whatever else the rules allow it.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Player, Self::Spectator, Self::Admin];

    /// Its name in a ticket.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Player => "player",
            Self::Spectator => "spectator",
            Self::Admin => "admin",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A valid ticket.
#[derive(Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Who it is, for whoever made the ticket: 1 to 128 bytes without control characters.
    pub subject: String,
    /// The name to play under, as it was signed: it is cleaned like any other name.
    pub name: Option<String>,
    /// The rooms that it is for; empty for all.
    pub rooms: Vec<String>,
    /// What the holder may do.
    pub role: Role,
    /// From when it is no longer valid, in seconds since 1970; the leeway is included.
    pub expires_s: u64,
    /// All other claims, a JSON object of at most 1,024 bytes.
    pub claims: String,
    /// Its one use, if it has just one.
    pub(super) once: Option<Use>,
}

impl Ticket {
    /// The room that it leads to when `asked` is asked for, which is empty for any: that room, or
    /// the first of its own. Empty if it may be any; `None` if it is not for that room.
    #[must_use]
    pub fn room<'a>(&'a self, asked: &'a str) -> Option<&'a str> {
        if asked.is_empty() {
            return Some(self.rooms.first().map_or("", String::as_str));
        }
        (self.rooms.is_empty() || self.rooms.iter().any(|room| room == asked)).then_some(asked)
    }
}
