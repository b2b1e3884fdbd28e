//! The room's numbered log of what must not be lost.
//!
//! Each entry is encoded once. A client reads on from the number where it stopped, however late;
//! what the log no longer holds by then is counted, and the client is told.

use std::collections::VecDeque;

use drumbeat_shared::game::Audience;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::{EVENT_LOG_MAX, NOTE_BYTES_MAX};
use glam::IVec2;

use super::grid::Rect;

#[derive(Debug)]
struct Entry {
    audience: Audience,
    note: Box<[u8]>,
}

/// The log; entries are numbered from 0.
#[derive(Debug, Default)]
pub struct EventLog {
    entries: VecDeque<Entry>,
    /// Number of the first entry that is still there.
    first: u64,
}

impl EventLog {
    /// Adds an encoded note. `false` if it is longer than `NOTE_BYTES_MAX`, and dropped: then the
    /// game made an event that is too large.
    pub fn push(&mut self, audience: Audience, note: Vec<u8>) -> bool {
        if note.len() > NOTE_BYTES_MAX {
            return false;
        }
        if self.entries.len() == EVENT_LOG_MAX {
            self.entries.pop_front();
            self.first += 1;
        }
        self.entries.push_back(Entry { audience, note: note.into_boxed_slice() });
        true
    }

    /// The number that the next entry will get.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// Skips what is gone: moves `next` on to the first entry that is there, and returns how many
    /// lie between.
    pub fn missed(&self, next: &mut u64) -> u64 {
        let missed = self.first.saturating_sub(*next);
        *next += missed;
        missed
    }

    /// The entry of this number, if it is for this player, who sees `view`; `None` past the end.
    #[must_use]
    pub fn read(&self, number: u64, player: PlayerId, view: Rect) -> Option<Option<&[u8]>> {
        let entry = self.entries.get(usize::try_from(number.checked_sub(self.first)?).ok()?)?;
        let concerned = match entry.audience {
            Audience::Room => true,
            Audience::Near(position) => view.contains(IVec2::new(position.x, position.y)),
            Audience::Player(one) => one == player,
        };
        Some(concerned.then_some(&*entry.note))
    }
}
