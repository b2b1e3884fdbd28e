//! The client's copies of a room's documents.

use super::document_copy::{DocumentCopy, broken};
use super::players::PlayerList;
use crate::document::RecordId;
use crate::protocol::codec::DecodeError;
use crate::protocol::patch::Patch;
use crate::protocol::{CHAT_DOCUMENT, GAME_DOCUMENT, PLAYERS_DOCUMENT};

/// All documents of a room.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub(crate) chat: DocumentCopy,
    pub(crate) game: DocumentCopy,
    pub(crate) players: PlayerList,
}

impl Documents {
    pub(crate) fn get_mut(&mut self, document: u8) -> Result<&mut DocumentCopy, DecodeError> {
        match document {
            CHAT_DOCUMENT => Ok(&mut self.chat),
            GAME_DOCUMENT => Ok(&mut self.game),
            PLAYERS_DOCUMENT => Ok(&mut self.players.copy),
            _ => Err(broken("no such document")),
        }
    }

    pub(crate) fn put(
        &mut self,
        document: u8,
        id: RecordId,
        record: Vec<u8>,
    ) -> Result<(), DecodeError> {
        match document {
            PLAYERS_DOCUMENT => self.players.put(id, record),
            _ => self.get_mut(document)?.put(id, record),
        }
    }

    pub(crate) fn patch(
        &mut self,
        document: u8,
        id: RecordId,
        patch: &Patch,
    ) -> Result<(), DecodeError> {
        match document {
            PLAYERS_DOCUMENT => self.players.patch(id, patch),
            _ => self.get_mut(document)?.patch(id, patch),
        }
    }

    pub(crate) fn take(&mut self, document: u8, id: RecordId) -> Result<(), DecodeError> {
        match document {
            PLAYERS_DOCUMENT => self.players.take(id),
            _ => self.get_mut(document)?.take(id),
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self, document: u8) -> Result<(), DecodeError> {
        match document {
            PLAYERS_DOCUMENT => self.players.clear(),
            _ => self.get_mut(document)?.clear(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_documents() {
        let mut documents = Documents::default();
        let found = [0, 1, 2, 3, 7].map(|document| documents.get_mut(document).is_ok());
        assert_eq!(found, [true, true, true, false, false]);
    }
}
