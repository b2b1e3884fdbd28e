//! What rides behind the entities of a frame: events and chat for the person, names of players,
//! pongs for the link.

use std::collections::{BTreeMap, VecDeque};

use super::link::Link;
use crate::ids::PlayerId;
use crate::limits::NAMES_PER_REQUEST_MAX;
use crate::protocol::codec::{self, DecodeError};
use crate::protocol::messages::Note;
use serde::de::DeserializeOwned;

/// Notices kept from frame to frame for a front end that does not fetch them; older ones are
/// dropped.
const NOTICES_MAX: usize = 256;
/// Names of players kept, at most.
const NAMES_MAX: usize = 1_024;
/// A request for names that is not answered for so long is made again, microseconds.
const ASK_AGAIN_US: u64 = 3_000_000;

/// What a person should be told, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice<E> {
    /// Something happened in the game.
    Event(E),
    /// Somebody said something.
    Chat {
        /// Who.
        player: PlayerId,
        /// The speaker's name.
        name: String,
        /// What.
        text: String,
    },
    /// So many events are lost to this client.
    Missed {
        /// How many.
        events: u32,
    },
}

/// The notices that wait for the front end, and the names that it has asked for.
#[derive(Debug)]
pub(super) struct Notes<E> {
    notices: VecDeque<Notice<E>>,
    /// `None` until the server has answered.
    names: BTreeMap<PlayerId, Option<String>>,
    unasked: Vec<PlayerId>,
    /// The request on its way, and when it was made: one at a time.
    asked: Option<(Vec<PlayerId>, u64)>,
}

impl<E> Default for Notes<E> {
    fn default() -> Self {
        Self { notices: VecDeque::new(), names: BTreeMap::new(), unasked: Vec::new(), asked: None }
    }
}

impl<E: DeserializeOwned> Notes<E> {
    /// Takes the notes of a frame. Returns the round trip time in microseconds if a pong came.
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        link: &Link,
        now_us: u64,
    ) -> Result<Option<u32>, DecodeError> {
        let unfetched = self.notices.len().saturating_sub(NOTICES_MAX);
        self.notices.drain(..unfetched);
        let mut rtt_us = None;
        while !bytes.is_empty() {
            let (note, used) = codec::decode_note::<Note<E>>(bytes)?;
            bytes = &bytes[used..];
            let notice = match note {
                Note::Pong { sent_us, held_us } => {
                    rtt_us = Some(link.pong(sent_us, held_us, now_us));
                    continue;
                }
                Note::Names(known) => {
                    // Who has no name yet may be asked for anew.
                    for player in self.asked.take().map_or(Vec::new(), |(players, _)| players) {
                        if !known.iter().any(|(named, _)| *named == player) {
                            self.names.remove(&player);
                        }
                    }
                    for (player, name) in known {
                        self.names.entry(player).and_modify(|known| *known = Some(name));
                    }
                    continue;
                }
                Note::Event(event) => Notice::Event(event),
                Note::Chat { player, name, text } => Notice::Chat { player, name, text },
                Note::Missed { events } => Notice::Missed { events },
            };
            self.notices.push_back(notice);
        }
        Ok(rtt_us)
    }
}

impl<E> Notes<E> {
    /// The oldest notice.
    pub(super) fn next(&mut self) -> Option<Notice<E>> {
        self.notices.pop_front()
    }

    /// A player's name, if it is known.
    pub(super) fn name(&self, player: PlayerId) -> Option<&str> {
        self.names.get(&player)?.as_deref()
    }

    /// Asks for a player's name with one of the next messages, unless that is under way.
    pub(super) fn want(&mut self, player: PlayerId) {
        if !self.names.contains_key(&player) && self.names.len() < NAMES_MAX {
            self.names.insert(player, None);
            self.unasked.push(player);
        }
    }

    /// A player has left the view: its id may stand for somebody else next time.
    pub(super) fn forget(&mut self, player: PlayerId) {
        self.names.remove(&player);
    }

    /// Players whose names are to be asked for now.
    pub(super) fn ask(&mut self, now_us: u64) -> Option<Vec<PlayerId>> {
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
