//! The chat of a room: a document whose records are the last lines.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{CHAT_BYTES_MAX, CHAT_LINES_MAX};
use drumbeat_shared::protocol::messages::Line;
use drumbeat_shared::protocol::{CHAT_DOCUMENT, codec, names};
use drumbeat_shared::records::Records;
use tracing::error;

/// The lines of a room, the newest `CHAT_LINES_MAX`.
#[derive(Debug)]
pub struct Chat {
    records: Records,
    /// The oldest line.
    first: u32,
}

impl Default for Chat {
    fn default() -> Self {
        Self { records: Records::new(CHAT_DOCUMENT), first: 1 }
    }
}

impl Chat {
    /// Adds a line of a player, or of the game; the oldest goes if there are too many. Returns its
    /// number and its text; nothing for an empty one.
    pub fn say<'a>(
        &mut self,
        speaker: Option<(PlayerId, &str)>,
        text: &'a str,
        tick: Tick,
    ) -> Option<(u32, &'a str)> {
        let text = names::fit(text.trim(), CHAT_BYTES_MAX);
        if text.is_empty() {
            return None;
        }
        let (player, name) = speaker.unzip();
        let name = name.unwrap_or_default().to_owned();
        let line = Line { player, name, text: Some(text.to_owned()), tick };
        if self.records.len() == CHAT_LINES_MAX {
            self.records.remove(self.first);
            self.first += 1;
        }
        let said = self.records.append(None, &codec::encode(&line));
        let lost = |error: &_| error!(%error, "a chat line is lost");
        said.inspect_err(lost).ok().map(|number| (number, text))
    }

    /// A line that is still there: its speaker and its text.
    #[must_use]
    pub fn find(&self, id: RecordId) -> Option<Line> {
        codec::decode_server(self.records.get(id.0)?).ok()
    }

    /// Takes back the text of a line. Does nothing for one that is gone.
    pub fn withdraw(&mut self, id: RecordId) {
        let Some(line) = self.find(id) else { return };
        let line = Line { text: None, ..line };
        if let Err(error) = self.records.change(id.0, &codec::encode(&line)) {
            error!(%error, "a chat line could not be withdrawn");
        }
    }

    /// The lines as clients read them.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_stay() {
        let mut chat = Chat::default();
        let lines = CHAT_LINES_MAX as u32 + 5;
        for line in 0..lines {
            chat.say(Some((PlayerId(3), "Ada")), &format!("line {line}"), Tick(line));
        }
        chat.say(None, "  ", Tick(0));
        assert_eq!(chat.records().len(), CHAT_LINES_MAX);
        assert_eq!(chat.find(RecordId(5)), None);
        let oldest = chat.find(RecordId(6)).unwrap();
        assert_eq!((oldest.text.as_deref(), oldest.tick), (Some("line 5"), Tick(5)));
        chat.withdraw(RecordId(6));
        assert_eq!(chat.find(RecordId(6)).unwrap().text, None);
        chat.withdraw(RecordId(1));
        chat.say(None, "the round begins", Tick(9));
        let newest = chat.find(RecordId(lines + 1)).unwrap();
        assert_eq!((newest.player, newest.name.as_str()), (None, ""));
    }
}
