//! How far a client has read the documents of its room.

use drumbeat_shared::protocol::{CHAT_DOCUMENT, PLAYERS_DOCUMENT};
use drumbeat_shared::records::Reading;

use super::checks::DocumentClaim;

/// How far a client has read each document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Readings {
    /// The chat.
    pub chat: Reading,
    /// The game's document, unless it has still to ask for it.
    pub game: Option<Reading>,
    /// The list of players, if it has asked for it.
    pub players: Option<Reading>,
}

impl Readings {
    /// Lets it read the list of players from its start, unless it reads it already.
    pub fn read_players(&mut self) {
        self.players.get_or_insert(Reading::anew());
    }

    /// Lets it read the game's document, unless it reads it already. It holds no copy.
    pub fn read_document(&mut self) {
        self.game.get_or_insert(Reading::without_copy());
    }

    /// Lets a client whose copy, it claims, does not match read a document again. Returns whether that can
    /// be true.
    pub fn reread(&mut self, claim: DocumentClaim) -> bool {
        let reading = match claim.document {
            CHAT_DOCUMENT => Some(&mut self.chat),
            PLAYERS_DOCUMENT => self.players.as_mut(),
            _ => self.game.as_mut(),
        };
        reading.is_some_and(|reading| {
            reading.restart();
            reading.was_sent(claim.expected) && claim.actual != claim.expected
        })
    }
}
