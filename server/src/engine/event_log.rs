//! Events that must not be lost: the room's numbered log, and each player's own mail.
//!
//! An event is encoded once. The log holds what concerns many; a client reads on from the number
//! where it stopped, however late. Mail holds what concerns only one player, so that it takes no
//! space from the others. Both are bounded, and a client is sent the number of events it missed.

use std::collections::VecDeque;

use drumbeat_shared::limits::{EVENT_LOG_MAX, MAIL_MAX};
use glam::IVec2;

use super::grid::Rect;

#[derive(Debug)]
struct Entry {
    /// Who gets it: those who see this position, or everybody.
    near: Option<IVec2>,
    note: Box<[u8]>,
}

/// The room's log; entries are numbered from 0.
#[derive(Debug, Default)]
pub struct EventLog {
    entries: VecDeque<Entry>,
    /// Number of the first entry still held.
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

    /// Moves `next` to the first entry still held if it is older, and returns the number of entries
    /// skipped.
    pub fn missed(&self, next: &mut u64) -> u64 {
        let missed = self.first.saturating_sub(*next);
        *next += missed;
        missed
    }

    /// Moves `next` past entries that do not concern a client who sees `view`.
    pub fn pass(&self, next: &mut u64, view: Rect) {
        while let Some(None) = self.read(*next, view) {
            *next += 1;
        }
    }

    /// Reads the entry of this number: its note if it concerns a client who sees `view`,
    /// `Some(None)` if not, and `None` past the end.
    #[must_use]
    pub fn read(&self, number: u64, view: Rect) -> Option<Option<&[u8]>> {
        let entry = self.entries.get(usize::try_from(number.checked_sub(self.first)?).ok()?)?;
        let concerned = entry.near.is_none_or(|position| view.contains(position));
        Some(concerned.then_some(&*entry.note))
    }
}

/// Events for only one player, oldest first.
#[derive(Debug, Default)]
pub struct Mail {
    notes: VecDeque<Box<[u8]>>,
    missed: u64,
}

impl Mail {
    /// Adds an encoded note; drops the oldest one when too many wait.
    pub fn push(&mut self, note: Vec<u8>) {
        if self.notes.len() == MAIL_MAX {
            self.notes.pop_front();
            self.missed += 1;
        }
        self.notes.push_back(note.into_boxed_slice());
    }

    /// Counts events that are lost.
    pub fn miss(&mut self, events: u64) {
        self.missed += events;
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.missed == 0
    }

    /// How many notes wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// Takes the number of notes dropped since the last call.
    pub fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// Moves the oldest notes into a frame's `notes`, as many as fit into `free` bytes. Returns them.
    pub fn take(&mut self, mut free: usize, notes: &mut Vec<u8>) -> Vec<Box<[u8]>> {
        let mut taken = Vec::new();
        while self.notes.front().is_some_and(|note| note.len() <= free)
            && let Some(note) = self.notes.pop_front()
        {
            free -= note.len();
            notes.extend_from_slice(&note);
            taken.push(note);
        }
        taken
    }

    /// Puts notes, oldest first, before those that wait; the oldest are dropped when too many wait.
    pub fn put_back(&mut self, notes: impl DoubleEndedIterator<Item = Box<[u8]>>) {
        for note in notes.rev() {
            if self.notes.len() == MAIL_MAX {
                self.missed += 1;
            } else {
                self.notes.push_front(note);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: Rect = Rect { min: IVec2::MIN, max: IVec2::MAX };

    #[test]
    fn entries_are_read_by_number_until_they_give_way() {
        let mut log = EventLog::default();
        let entries = EVENT_LOG_MAX as u64 + 10;
        for number in 0..entries {
            assert_eq!(log.end(), number);
            log.push(None, number.to_le_bytes().to_vec());
        }
        for number in 10..entries {
            assert_eq!(log.read(number, EVERYWHERE), Some(Some(&number.to_le_bytes()[..])));
        }
        assert_eq!(log.read(entries, EVERYWHERE), None);
        assert_eq!(log.read(9, EVERYWHERE), None);
        let check = |next: u64, missed: u64| {
            let mut at = next;
            assert_eq!((log.missed(&mut at), at), (missed, next + missed), "from {next}");
        };
        check(0, 10);
        check(9, 1);
        check(10, 0);
        check(entries, 0);
    }

    #[test]
    fn an_entry_concerns_those_who_see_the_place() {
        let mut log = EventLog::default();
        log.push(Some(IVec2::new(10, 20)), vec![1]);
        let view = |x| Rect::around(IVec2::new(x, 20), IVec2::splat(5));
        assert_eq!(log.read(0, view(15)), Some(Some(&[1][..])));
        assert_eq!(log.read(0, view(16)), Some(None), "it is passed over, not the end");
        log.push(None, vec![2]);
        let passed = |x| {
            let mut next = 0;
            log.pass(&mut next, view(x));
            next
        };
        assert_eq!([15, 16].map(passed), [0, 1]);
    }

    #[test]
    fn mail_is_taken_in_order_as_far_as_it_fits() {
        let mut mail = Mail::default();
        [vec![1; 4], vec![2; 4], vec![3]].into_iter().for_each(|note| mail.push(note));
        let mut notes = vec![0];
        mail.take(7, &mut notes);
        assert_eq!(notes, [0, 1, 1, 1, 1], "a later, shorter one does not overtake");
        mail.take(5, &mut notes);
        assert_eq!(notes, [0, 1, 1, 1, 1, 2, 2, 2, 2, 3]);
        mail.take(100, &mut notes);
        assert_eq!((notes.len(), mail.take_missed()), (10, 0));
    }

    #[test]
    fn mail_that_overflows_keeps_the_newest_and_counts_the_others() {
        let mut mail = Mail::default();
        (0..MAIL_MAX as u8 + 5).for_each(|number| mail.push(vec![number]));
        assert_eq!((mail.take_missed(), mail.take_missed()), (5, 0));
        let mut notes = Vec::new();
        mail.take(usize::MAX, &mut notes);
        assert_eq!(notes, (5..MAIL_MAX as u8 + 5).collect::<Vec<_>>());
    }
}
