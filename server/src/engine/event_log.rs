//! What must not be lost: the room's numbered log, and each player's own mail.
//!
//! An event is encoded once. The log holds what concerns many; a client reads on from the number
//! where it stopped, however late. Mail holds what concerns one player alone, so that it takes no
//! place from the others. Both are bounded, and a client is told how much it missed.

use std::collections::VecDeque;

use drumbeat_shared::limits::{EVENT_LOG_MAX, MAIL_MAX};
use glam::IVec2;

use super::grid::Rect;

#[derive(Debug)]
struct Entry {
    /// Who is told: those who see this position, or everybody.
    near: Option<IVec2>,
    note: Box<[u8]>,
}

/// The room's log; entries are numbered from 0.
#[derive(Debug, Default)]
pub struct EventLog {
    entries: VecDeque<Entry>,
    /// Number of the first entry that is still there.
    first: u64,
}

impl EventLog {
    /// Adds an encoded note for those who see the position `near`, or for everybody.
    pub fn push(&mut self, near: Option<IVec2>, note: Vec<u8>) {
        if self.entries.len() == EVENT_LOG_MAX {
            self.entries.pop_front();
            self.first += 1;
        }
        self.entries.push_back(Entry { near, note: note.into_boxed_slice() });
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

    /// The entry of this number, if it concerns a client who sees `view`; `None` past the end.
    #[must_use]
    pub fn read(&self, number: u64, view: Rect) -> Option<Option<&[u8]>> {
        let entry = self.entries.get(usize::try_from(number.checked_sub(self.first)?).ok()?)?;
        let concerned = entry.near.is_none_or(|position| view.contains(position));
        Some(concerned.then_some(&*entry.note))
    }
}

/// Events for one player alone, oldest first.
#[derive(Debug, Default)]
pub struct Mail {
    notes: VecDeque<Box<[u8]>>,
    missed: u64,
}

impl Mail {
    /// Adds an encoded note; the oldest one gives way when too many wait.
    pub fn push(&mut self, note: Vec<u8>) {
        if self.notes.len() == MAIL_MAX {
            self.notes.pop_front();
            self.missed += 1;
        }
        self.notes.push_back(note.into_boxed_slice());
    }

    /// How many gave way since this was last asked.
    pub fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// Moves notes into a frame's, as many as fit into `free` bytes.
    pub fn take(&mut self, mut free: usize, notes: &mut Vec<u8>) {
        while let Some(note) = self.notes.front().filter(|note| note.len() <= free) {
            free -= note.len();
            notes.extend_from_slice(note);
            self.notes.pop_front();
        }
    }
}
