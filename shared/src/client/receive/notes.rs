//! What follows the entities of a frame: events and chat for the person, changes of documents,
//! names of players, pongs for the link.

use std::collections::{BTreeMap, VecDeque};

use super::documents::Documents;
use super::notice::Notice;
use crate::document::RecordId;
use crate::ids::{PlayerId, Tick};
use crate::limits::NAMES_PER_REQUEST_MAX;
use crate::protocol::codec::{self, DecodeError};
use crate::protocol::messages::{ClientMessage, Line, Note};
use crate::protocol::{CHAT_DOCUMENT, GAME_DOCUMENT};
use serde::de::DeserializeOwned;

/// Maximum number of notices stored from frame to frame for a front end that does not fetch them;
/// older ones are dropped.
const NOTICES_MAX: usize = 256;
/// Maximum number of players' names that are stored.
const NAMES_MAX: usize = 1_024;
/// Time after which an unanswered request for names is repeated, microseconds.
const ASK_AGAIN_US: u64 = 3_000_000;

/// What a pong says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pong {
    pub(crate) rtt_us: u32,
    /// Smallest margin of the inputs since the last pong, microseconds.
    pub(crate) margin_us: Option<i32>,
    /// Inputs since the last pong that arrived too late, or far too early.
    pub(crate) late: u16,
}

/// The notices that wait for the front end, and the names that it has asked for.
#[derive(Debug)]
pub(crate) struct Notes<E> {
    notices: VecDeque<Notice<E>>,
    pub(crate) documents: Documents,
    /// The last command that the rules have taken.
    pub(crate) taken: Option<u32>,
    /// Checksums of documents compared since the last `take`.
    pub(crate) checksums: u64,
    /// Bytes of notes about the game's document since the last `take`, and records in them.
    pub(crate) document_bytes: u64,
    pub(crate) record_changes: u64,
    /// Documents whose checksum did not match: number, the server's checksum, the own one.
    pub(crate) mismatches: Vec<(u8, u32, u32)>,
    /// The tick of the first frame: what was said before is not new.
    pub(crate) since: Option<Tick>,
    /// The last line of the chat that became a notice.
    last_line: Option<RecordId>,
    /// `None` until the server has answered.
    names: BTreeMap<PlayerId, Option<String>>,
    unasked: Vec<PlayerId>,
    /// The request in flight, and when it was made: one at a time.
    asked: Option<(Vec<PlayerId>, u64)>,
}

impl<E> Default for Notes<E> {
    fn default() -> Self {
        Self {
            notices: VecDeque::new(),
            documents: Documents::default(),
            taken: None,
            checksums: 0,
            document_bytes: 0,
            record_changes: 0,
            mismatches: Vec::new(),
            since: None,
            last_line: None,
            names: BTreeMap::new(),
            unasked: Vec::new(),
            asked: None,
        }
    }
}

impl<E: DeserializeOwned> Notes<E> {
    /// Takes the notes of a frame. Returns the pong if one came.
    pub(crate) fn take(
        &mut self,
        mut bytes: &[u8],
        now_us: u64,
    ) -> Result<Option<Pong>, DecodeError> {
        let unfetched = self.notices.len().saturating_sub(NOTICES_MAX);
        self.notices.drain(..unfetched);
        let mut pong = None;
        while !bytes.is_empty() {
            let (note, used) = codec::decode_note::<Note<E>>(bytes)?;
            bytes = &bytes[used..];
            let notice = match note {
                Note::Pong { sent_us, held_us, margin_us, late } => {
                    let rtt_us = round_trip_us(sent_us, held_us, now_us);
                    pong = Some(Pong { rtt_us, margin_us, late });
                    continue;
                }
                Note::Names(known) => {
                    self.named(known);
                    continue;
                }
                Note::Event(event) => Notice::Event(event),
                Note::Missed { events } => Notice::Missed { events },
                Note::Taken { number } => {
                    self.taken = Some(number);
                    Notice::Taken { number }
                }
                Note::Refused { number, reason } => Notice::Refused { number, reason },
                Note::TicketEnds { in_s } => Notice::TicketEnds { in_s },
                Note::Whisper { from, from_name, to, to_name, text } => {
                    Notice::Whisper { from, from_name, to, to_name, text }
                }
                note => {
                    self.document(note, used)?;
                    continue;
                }
            };
            self.notices.push_back(notice);
        }
        self.documents.chat.forget_changes();
        Ok(pong)
    }
}

impl<E> Notes<E> {
    fn named(&mut self, known: Vec<(PlayerId, String)>) {
        // A player without a name yet may be asked for again.
        for player in self.asked.take().map_or(Vec::new(), |(players, _)| players) {
            if !known.iter().any(|(named, _)| *named == player) {
                self.names.remove(&player);
            }
        }
        for (player, name) in known {
            self.names.entry(player).and_modify(|known| *known = Some(name));
        }
    }

    /// Takes a note about a document, of this length.
    fn document(&mut self, note: Note<E>, bytes: usize) -> Result<(), DecodeError> {
        self.count(&note, bytes);
        match note {
            Note::Record { document, id, record } => {
                self.documents.put(document, RecordId(id), record)?;
                self.line_changed(document, RecordId(id))?;
            }
            Note::Patch { document, id, patch } => {
                self.documents.patch(document, RecordId(id), &patch)?;
                self.line_changed(document, RecordId(id))?;
            }
            Note::Removed { document, id } => self.documents.take(document, RecordId(id))?,
            Note::Cleared { document } => self.documents.clear(document)?,
            Note::Whole { document, checksum } => {
                let copy = self.documents.get_mut(document)?;
                copy.whole = true;
                self.checksums += 1;
                let actual = copy.checksum();
                if actual != checksum && copy.is_complete() {
                    self.mismatches.retain(|(other, ..)| *other != document);
                    self.mismatches.push((document, checksum, actual));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, note: &Note<E>, bytes: usize) {
        let (document, is_record) = match note {
            Note::Record { document, .. } | Note::Patch { document, .. } => (*document, true),
            Note::Removed { document, .. }
            | Note::Cleared { document }
            | Note::Whole { document, .. } => (*document, false),
            _ => return,
        };
        if document == GAME_DOCUMENT {
            self.record_changes += u64::from(is_record);
            self.document_bytes += bytes as u64;
        }
    }

    /// Makes a notice of a line of the chat that is new or withdrawn.
    fn line_changed(&mut self, document: u8, line: RecordId) -> Result<(), DecodeError> {
        if document != CHAT_DOCUMENT {
            return Ok(());
        }
        let chat = &self.documents.chat;
        let Some(record) = chat.get(line) else { return Ok(()) };
        let Line { player, name, text, tick } = codec::decode_server(record)?;
        let is_new = self.last_line.is_none_or(|last| last < line);
        let earlier = self.since.is_some_and(|since| tick < since);
        if is_new {
            // Ids count up: those between were gone before this client was sent them.
            let lost = self.last_line.filter(|_| !earlier).map_or(0, |last| line.0 - last.0 - 1);
            if lost > 0 {
                self.notices.push_back(Notice::Missed { events: lost });
            }
            self.last_line = Some(line);
        }
        match text {
            None => self.notices.push_back(Notice::Withdrawn { line }),
            Some(text) if is_new => {
                self.notices.push_back(Notice::Chat { line, player, name, text, tick, earlier });
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The oldest notice.
    pub(crate) fn next(&mut self) -> Option<Notice<E>> {
        self.notices.pop_front()
    }

    /// A player's name, if it is known: the one that the rules give it, else that of the list of players.
    pub(crate) fn name(&self, player: PlayerId) -> Option<&str> {
        let answered = self.names.get(&player).and_then(Option::as_deref);
        answered.or_else(|| self.documents.players.name(player))
    }

    /// Whether the server has answered what a player's name is.
    pub(crate) fn is_answered(&self, player: PlayerId) -> bool {
        self.names.get(&player).is_some_and(Option::is_some)
    }

    /// Asks for a player's name with one of the next messages, unless it is known or already asked
    /// for.
    pub(crate) fn want(&mut self, player: PlayerId) {
        if !self.names.contains_key(&player) && self.names.len() < NAMES_MAX {
            self.names.insert(player, None);
            self.unasked.push(player);
        }
    }

    /// A player has left the view: its id may stand for somebody else next time.
    pub(crate) fn forget(&mut self, player: PlayerId) {
        self.names.remove(&player);
    }

    /// When to repeat the request in flight, microseconds.
    pub(crate) fn ask_again_us(&self) -> Option<u64> {
        self.asked.as_ref().map(|(_, asked_us)| asked_us.saturating_add(ASK_AGAIN_US))
    }

    /// What to ask the server for now: the list of players, or names.
    pub(crate) fn request<I, C>(&mut self, now_us: u64) -> Option<ClientMessage<I, C>> {
        if self.documents.players.ask() {
            return Some(ClientMessage::Players);
        }
        self.ask(now_us).map(|players| ClientMessage::Names { players })
    }

    /// The players whose names to ask for now.
    fn ask(&mut self, now_us: u64) -> Option<Vec<PlayerId>> {
        if let Some((players, asked_us)) = &mut self.asked {
            let again = now_us.saturating_sub(*asked_us) >= ASK_AGAIN_US;
            *asked_us = if again { now_us } else { *asked_us };
            return again.then(|| players.clone());
        }
        let count = self.unasked.len().min(NAMES_PER_REQUEST_MAX);
        let players: Vec<PlayerId> = self.unasked.drain(..count).collect();
        (count > 0).then(|| {
            self.asked = Some((players.clone(), now_us));
            players
        })
    }
}

/// The time since a ping was sent, minus the time that the server held its pong.
fn round_trip_us(sent_us: u64, held_us: u32, now_us: u64) -> u32 {
    let round_trip_us = now_us.saturating_sub(sent_us).saturating_sub(u64::from(held_us));
    u32::try_from(round_trip_us).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PLAYERS_DOCUMENT;
    use crate::protocol::messages::Listed;

    fn frame(notes: &mut Notes<u8>, sent: &[Note<u8>]) -> Option<Pong> {
        let bytes: Vec<u8> = sent.iter().flat_map(codec::encode).collect();
        notes.take(&bytes, 5_000_000).unwrap()
    }

    fn named(players: &[PlayerId]) -> Note<u8> {
        Note::Names(players.iter().map(|player| (*player, format!("p{player}"))).collect())
    }

    #[test]
    fn names_are_asked_for_in_turn_until_all_are_known() {
        let mut notes = Notes::<u8>::default();
        let players: Vec<PlayerId> = (0..80).map(PlayerId).collect();
        let mut requests = Vec::new();
        for round in 0..4 {
            players.iter().for_each(|player| notes.want(*player));
            let Some(asked) = notes.ask(round) else { break };
            assert_eq!(notes.ask(round), None, "one request at a time");
            frame(&mut notes, &[named(&asked)]);
            requests.push(asked.len());
        }
        assert_eq!(requests, [32, 32, 16]);
        assert!(players.iter().all(|player| notes.name(*player) == Some(&*format!("p{player}"))));
    }

    #[test]
    fn a_lost_request_is_made_again() {
        let mut notes = Notes::<u8>::default();
        notes.want(PlayerId(7));
        let asked = notes.ask(1_000);
        assert_eq!(asked, Some(vec![PlayerId(7)]));
        assert_eq!(notes.ask(1_000 + ASK_AGAIN_US - 1), None);
        assert_eq!(notes.ask(1_000 + ASK_AGAIN_US), asked);
        assert_eq!(notes.ask(1_000 + ASK_AGAIN_US), None);
        assert_eq!(notes.ask(1_000 + 2 * ASK_AGAIN_US), asked);
    }

    #[test]
    fn who_has_no_name_yet_is_asked_for_anew() {
        let mut notes = Notes::<u8>::default();
        notes.want(PlayerId(7));
        assert!(notes.ask(0).is_some());
        frame(&mut notes, &[named(&[])]);
        assert_eq!(notes.ask(1), None);
        notes.want(PlayerId(7));
        assert_eq!(notes.ask(1), Some(vec![PlayerId(7)]));
    }

    #[test]
    fn a_name_that_comes_after_its_player_has_left_is_not_kept() {
        let mut notes = Notes::<u8>::default();
        notes.want(PlayerId(7));
        notes.ask(0);
        notes.forget(PlayerId(7));
        frame(&mut notes, &[named(&[PlayerId(7)])]);
        assert_eq!(notes.name(PlayerId(7)), None);
    }

    #[test]
    fn the_rules_name_a_player_before_the_list_does() {
        let mut notes = Notes::<u8>::default();
        let player = PlayerId(7);
        let record = codec::encode(&Listed { player, name: "Ada".into() });
        frame(&mut notes, &[Note::Record { document: PLAYERS_DOCUMENT, id: 1, record }]);
        notes.want(player);
        assert_eq!((notes.name(player), notes.is_answered(player)), (Some("Ada"), false));
        notes.ask(0);
        frame(&mut notes, &[named(&[player])]);
        assert_eq!((notes.name(player), notes.is_answered(player)), (Some("p7"), true));
        notes.forget(player);
        assert_eq!((notes.name(player), notes.is_answered(player)), (Some("Ada"), false));
    }

    #[test]
    fn names_and_notices_are_bounded() {
        let mut notes = Notes::<u8>::default();
        (0..5_000).for_each(|player| notes.want(PlayerId(player)));
        assert_eq!(notes.names.len(), NAMES_MAX);
        for round in 0..20 {
            frame(&mut notes, &vec![Note::Event(round); 100]);
        }
        // Those of the newest frame are never dropped.
        let notices: Vec<_> = std::iter::from_fn(|| notes.next()).collect();
        assert_eq!(notices.len(), NOTICES_MAX + 100);
        assert!(notices.ends_with(&vec![Notice::Event(19); 100]));
    }

    #[test]
    fn a_withdrawn_line_is_not_a_missed_one() {
        let mut notes = Notes::<u8>::default();
        let line = |id, text: Option<&str>| {
            let (player, name) = (Some(PlayerId(7)), "Ada".to_owned());
            let line = Line { player, name, text: text.map(str::to_owned), tick: Tick(1) };
            Note::Record { document: CHAT_DOCUMENT, id, record: codec::encode(&line) }
        };
        frame(&mut notes, &[line(1, Some("one")), line(2, None), line(3, Some("three"))]);
        frame(&mut notes, &[line(3, None), line(5, Some("five"))]);
        let kinds = std::iter::from_fn(|| notes.next()).map(|notice| match notice {
            Notice::Chat { line, .. } => format!("chat {}", line.0),
            Notice::Withdrawn { line } => format!("withdrawn {}", line.0),
            Notice::Missed { events } => format!("missed {events}"),
            other => panic!("{other:?}"),
        });
        let expected = ["chat 1", "withdrawn 2", "chat 3", "withdrawn 3", "missed 1", "chat 5"];
        assert_eq!(kinds.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_pong_gives_the_round_trip_without_what_the_server_held() {
        let mut notes = Notes::<u8>::default();
        let pong = |sent_us, held_us| Note::Pong { sent_us, held_us, margin_us: Some(-9), late: 2 };
        let taken = |rtt_us| Some(Pong { rtt_us, margin_us: Some(-9), late: 2 });
        let sent = [Note::Event(1), pong(4_900_000, 30_000), Note::Event(2)];
        assert_eq!(frame(&mut notes, &sent), taken(70_000));
        assert_eq!(notes.next(), Some(Notice::Event(1)));
        assert_eq!(notes.next(), Some(Notice::Event(2)));
        assert_eq!(frame(&mut notes, &[pong(u64::MAX, u32::MAX)]), taken(0));
    }
}
