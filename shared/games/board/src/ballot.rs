//! The vote on clearing the board.

use std::collections::BTreeMap;

use drumbeat_shared::typed::{Document, PlayerId, RecordId, Refused, Saved, Tick};

use crate::objects::{Object, Vote};

/// How long a vote goes on.
const VOTE_S: u32 = 20;
/// How long after a vote that came to nothing there is no other.
const PAUSE_S: u32 = 10;

/// The vote that is going on, if any.
#[derive(Saved, Debug, Default)]
pub(crate) struct Ballot {
    record: Option<RecordId>,
    votes: BTreeMap<PlayerId, bool>,
    until: Tick,
    /// Before this tick no other vote begins.
    next: Tick,
}

impl Ballot {
    /// Takes a vote; the first one for clearing begins the ballot.
    pub(crate) fn vote(
        &mut self,
        player: PlayerId,
        clear: bool,
        (now, tick_hz): (Tick, u16),
        document: &mut Document<Object>,
    ) -> Result<(), Refused> {
        if self.record.is_none() {
            if !clear {
                return Err(Refused("no vote is going on".into()));
            }
            if now < self.next {
                return Err(Refused("the others have just voted: try again in a moment".into()));
            }
            self.until = Tick(now.0 + VOTE_S * u32::from(tick_hz));
            let vote = Vote { by: player, yes: 1, needed: 1, until: self.until };
            let full = Refused("the board has no space for a vote: delete something".into());
            self.record = Some(document.append(Object::Vote(vote)).ok_or(full)?);
        }
        self.votes.insert(player, clear);
        Ok(())
    }

    pub(crate) fn leave(&mut self, player: PlayerId) {
        self.votes.remove(&player);
    }

    /// Counts the votes of a ballot, and ends it once it is decided or over. Returns whether to
    /// clear then.
    pub(crate) fn count(
        &mut self,
        present: usize,
        (now, tick_hz): (Tick, u16),
        document: &mut Document<Object>,
    ) -> Option<bool> {
        let record = self.record?;
        let yes = self.votes.values().filter(|clear| **clear).count();
        let no = self.votes.len() - yes;
        let needed = present / 2 + 1;
        let is_lost = no > present - needed || now >= self.until || present == 0;
        if yes < needed && !is_lost {
            let (yes, needed) = (yes as u16, needed as u16);
            let is_counted = |object: &Object| matches!(object, Object::Vote(vote) if (vote.yes, vote.needed) == (yes, needed));
            if !document.get(record).is_some_and(is_counted) {
                document.edit(record, |object| {
                    if let Object::Vote(vote) = object {
                        (vote.yes, vote.needed) = (yes, needed);
                    }
                });
            }
            return None;
        }
        document.remove(record);
        self.votes.clear();
        self.record = None;
        self.next = Tick(now.0 + PAUSE_S * u32::from(tick_hz));
        Some(yes >= needed)
    }
}
