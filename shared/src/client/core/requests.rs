//! What a client asks of the rules and of the people, and the document that they all see.

use super::Client;
use crate::client::receive::documents::Documents;
use crate::content::InvalidContent;
use crate::document::RecordId;
use crate::game::Game;
use crate::ids::PlayerId;
use crate::limits::CHAT_SENT_BYTES_MAX;
use crate::protocol::messages::ClientMessage;
use crate::protocol::{codec, names};

impl<G: Game> Client<G> {
    /// The message that says `text` to the room; the server cleans and cuts it. `None` for a blank
    /// text and for a spectator.
    pub fn chat(&mut self, text: &str) -> Option<Vec<u8>> {
        let text = names::fit(text.trim(), CHAT_SENT_BYTES_MAX);
        if text.is_empty() || self.spectates() {
            return None;
        }
        Some(self.outgoing(&ClientMessage::Chat { text: text.to_owned() }))
    }

    /// As [`Client::chat`], to one player only.
    pub fn whisper(&mut self, to: PlayerId, text: &str) -> Option<Vec<u8>> {
        let text = names::fit(text.trim(), CHAT_SENT_BYTES_MAX);
        if text.is_empty() || self.spectates() {
            return None;
        }
        Some(self.outgoing(&ClientMessage::Whisper { to, text: text.to_owned() }))
    }

    /// The message that reports a chat line to whoever runs the server. `None` for a spectator.
    pub fn report(&mut self, line: RecordId) -> Option<Vec<u8>> {
        let plays = !self.spectates();
        plays.then(|| self.outgoing(&ClientMessage::Report { line: line.0 }))
    }

    /// The message that brings another ticket of the same subject, which a new connection brings, too.
    pub fn renew(&mut self, ticket: &str) -> Vec<u8> {
        self.hello.ticket = Some(ticket.to_owned());
        self.outgoing(&ClientMessage::Ticket { ticket: ticket.to_owned() })
    }

    /// Sends a command with the next messages of [`Client::transmit`]. Returns its number, which
    /// [`Notice::Taken`](crate::client::Notice::Taken) or
    /// [`Notice::Refused`](crate::client::Notice::Refused) names.
    ///
    /// # Errors
    /// When this is a spectator, the game takes no commands, the command breaks one of its limits, or
    /// too many wait.
    pub fn command(&mut self, command: G::Command) -> Result<u32, InvalidContent> {
        if self.spectates() {
            return Err(InvalidContent("a spectator sends no commands: join to play".to_owned()));
        }
        self.commands.push(command)
    }

    /// The commands that the rules have not taken, as far as this client knows, oldest first: to
    /// send again after a new connection.
    pub fn pending_commands(&self) -> impl Iterator<Item = &G::Command> {
        self.commands.pending()
    }

    /// Whether all of the game's document has arrived once.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.notes.documents.game.whole
    }

    /// The next record of the game's document that came, changed or went since the last call.
    pub fn changed_record(&mut self) -> Option<RecordId> {
        self.notes.documents.game.next_change()
    }

    /// A record of the game's document as of the newest frame.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<G::Record> {
        codec::decode_server(self.notes.documents.game.get(id)?).ok()
    }

    /// Takes a record of the game's document, for a client that passes on what the server sends: nothing but
    /// the record's id stays here. The room must send such a client whole records.
    pub fn take_record(&mut self, id: RecordId) -> Option<G::Record> {
        codec::decode_server(&self.notes.documents.game.give(id)?).ok()
    }

    /// The encoded records of the game's document as of the newest frame, oldest first.
    pub fn records(&self) -> impl Iterator<Item = (RecordId, &[u8])> {
        self.notes.documents.game.iter()
    }

    /// Asks for the list of players with one of the next messages, once; from then on it follows who comes
    /// and goes.
    pub fn read_players(&mut self) {
        self.notes.documents.players.want();
    }

    /// The connected players by id with the names that they joined by, once all of the list has arrived, and
    /// whenever it has changed since the last call. The game's own players are not among them.
    pub fn players(&mut self) -> Option<impl Iterator<Item = (PlayerId, &str)>> {
        self.notes.documents.players.news()
    }

    /// The checksums of the chat, of the game's document and of the list of players as of the newest frame.
    #[must_use]
    pub fn document_checksums(&self) -> [u32; 3] {
        let Documents { chat, game, players } = &self.notes.documents;
        [chat.checksum(), game.checksum(), players.copy.checksum()]
    }
}
