//! A document as the server sends it: the encoded records, and in which order they last changed.
//!
//! Every edit has a number. A client that has read up to one is next sent the records that changed
//! after it, each as it is now: however far a client is behind, it is never sent more than the
//! whole document, and one that has nothing is sent that.

mod held;
mod reading;
mod saved;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::held::{Held, is_for};
pub use self::reading::Reading;
use crate::fnv::Fnv;
use crate::limits::{DOCUMENT_BYTES_MAX, RECORD_BYTES_MAX, RECORDS_MAX, REMOVED_RECORDS_MAX};
use crate::protocol::codec;
use crate::protocol::messages::Note;

/// Limit of edits that a client reads at once, those that do not concern it included: the time that
/// a reader takes is bounded as its bytes are.
const LOOKED_MAX: usize = 4_096;

/// Why a record is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The document is full: `RECORDS_MAX` records or `DOCUMENT_BYTES_MAX` bytes.
    #[error("the document is full")]
    Full,
    /// One record takes too many bytes.
    #[error("a record of {0} bytes, more than {RECORD_BYTES_MAX}")]
    TooLong(usize),
}

/// The records of one document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "saved::Saved", try_from = "saved::Saved")]
pub struct Records {
    /// Its number on the wire.
    document: u8,
    records: BTreeMap<u32, Held>,
    /// The record and group of the last edit of each record.
    by_edit: BTreeMap<u64, (u32, Option<u16>)>,
    /// The same of those removed lately, by the edit that removed them.
    removals: BTreeMap<u64, (u32, Option<u16>)>,
    /// Limit of those.
    removals_max: usize,
    /// The last removal that is forgotten.
    forgotten: u64,
    edits: u64,
    last_id: u32,
    bytes: usize,
    /// By group, the sum of its records' hashes.
    hashes: BTreeMap<Option<u16>, u64>,
}

/// The hash of one record. That of a whole document is their sum, in any order.
#[must_use]
pub fn hash_record(id: u32, record: &[u8]) -> u64 {
    let mut hash = Fnv::default();
    hash.write(&id.to_le_bytes());
    hash.write(record);
    hash.finish()
}

/// The checksum of a document whose records' hashes sum up to this.
#[must_use]
pub fn fold(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}

impl Records {
    /// An empty document of this number.
    #[must_use]
    pub fn new(document: u8) -> Self {
        Self {
            document,
            records: BTreeMap::new(),
            by_edit: BTreeMap::new(),
            removals: BTreeMap::new(),
            removals_max: REMOVED_RECORDS_MAX,
            forgotten: 0,
            edits: 0,
            last_id: 0,
            bytes: 0,
            hashes: BTreeMap::new(),
        }
    }

    /// The same document, which remembers as many removals.
    #[must_use]
    pub fn with_removals_max(self, removals_max: usize) -> Self {
        Self { removals_max, ..self }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The bytes of all records.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How often it was changed.
    #[must_use]
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// A record.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<&[u8]> {
        self.records.get(&id).map(Held::record)
    }

    /// Every record, by id.
    pub fn all(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.records.iter().map(|(id, held)| (*id, held.record()))
    }

    /// Every record that a member of `group` sees, by id.
    pub fn of_group(&self, group: u16) -> impl Iterator<Item = (u32, &[u8])> {
        let records = self.records.iter().filter(move |(_, held)| is_for(held.group, group));
        records.map(|(id, held)| (*id, held.record()))
    }

    /// The checksum of what a member of `group` sees.
    #[must_use]
    pub fn checksum(&self, group: u16) -> u32 {
        let of = |group| self.hashes.get(&group).copied().unwrap_or_default();
        fold(of(None).wrapping_add(of(Some(group))))
    }

    /// Adds a record for a group, or for everybody. Returns its id: one more than that of the record before.
    ///
    /// # Errors
    /// When it is too long, or the document full.
    pub fn append(&mut self, group: Option<u16>, record: &[u8]) -> Result<u32, RecordError> {
        self.check(0, record)?;
        let id = self.last_id.checked_add(1).ok_or(RecordError::Full)?;
        if self.records.len() == RECORDS_MAX {
            return Err(RecordError::Full);
        }
        self.last_id = id;
        self.edits += 1;
        self.put(id, Held::new((self.document, id), group, self.edits, record));
        Ok(id)
    }

    /// Puts other content in place of a record. Returns whether there is such a record.
    ///
    /// # Errors
    /// When it is too long, or the document full: the record stays as it was.
    pub fn change(&mut self, id: u32, record: &[u8]) -> Result<bool, RecordError> {
        let Some(held) = self.records.get(&id) else { return Ok(false) };
        if held.record() == record {
            return Ok(true);
        }
        self.check(held.record_bytes, record)?;
        let Some(before) = self.take(id) else { return Ok(false) };
        self.by_edit.remove(&before.edit);
        self.edits += 1;
        self.put(id, before.changed((self.document, id), self.edits, record));
        Ok(true)
    }

    /// Removes a record. Returns whether there was one.
    pub fn remove(&mut self, id: u32) -> bool {
        let Some(held) = self.take(id) else { return false };
        self.by_edit.remove(&held.edit);
        self.edits += 1;
        self.removals.insert(self.edits, (id, held.group));
        if self.removals.len() > self.removals_max
            && let Some((oldest, _)) = self.removals.pop_first()
        {
            self.forgotten = oldest;
        }
        true
    }

    fn check(&self, old_bytes: usize, record: &[u8]) -> Result<(), RecordError> {
        if record.len() > RECORD_BYTES_MAX {
            return Err(RecordError::TooLong(record.len()));
        }
        let bytes = self.bytes - old_bytes + record.len();
        if bytes > DOCUMENT_BYTES_MAX { Err(RecordError::Full) } else { Ok(()) }
    }

    fn put(&mut self, id: u32, held: Held) {
        self.by_edit.insert(held.edit, (id, held.group));
        self.bytes += held.record_bytes;
        let hash = self.hashes.entry(held.group).or_default();
        *hash = hash.wrapping_add(hash_record(id, held.record()));
        self.records.insert(id, held);
    }

    fn take(&mut self, id: u32) -> Option<Held> {
        let held = self.records.remove(&id)?;
        self.bytes -= held.record_bytes;
        let hash = self.hashes.entry(held.group).or_default();
        *hash = hash.wrapping_sub(hash_record(id, held.record()));
        if *hash == 0 {
            self.hashes.remove(&held.group);
        }
        Some(held)
    }

    /// Starts to read, as a client that has nothing.
    #[must_use]
    pub fn start(&self, group: u16) -> Reading {
        Reading { base: self.edits, group, ..Reading::default() }
    }

    /// Starts to read from the next edit on: a client that needs nothing of before.
    #[must_use]
    pub fn start_at_end(&self, group: u16) -> Reading {
        let edits = self.edits;
        Reading {
            seen: edits,
            whole: edits,
            checked: Some(edits),
            checksum: self.checksum(group),
            ..self.start(group)
        }
    }

    /// Whether [`Records::read`] would add nothing. Passes over the edits that are not for the
    /// client.
    #[inline]
    pub fn is_silent(&self, reading: &mut Reading, group: u16, check: bool) -> bool {
        if reading.seen != self.edits {
            self.pass(reading, group);
        }
        let is_due = reading.checked.is_none_or(|checked| check && checked != self.edits);
        self.is_whole(reading, group) && !is_due
    }

    /// Reads on as long as nothing is for a client of `group`.
    fn pass(&self, reading: &mut Reading, group: u16) {
        if self.starts_again(reading, group) {
            return;
        }
        let next = self.after(*reading).take(LOOKED_MAX);
        for (edit, _, _) in next.take_while(|(_, _, of)| !is_for(*of, group)) {
            reading.seen = edit;
        }
        if reading.seen == self.edits {
            reading.whole = self.edits;
        }
    }

    /// The edits that a client has not read, in order: the edit, the record, its group. Who started after
    /// a removal never had the record.
    fn after(&self, reading: Reading) -> impl Iterator<Item = (u64, u32, Option<u16>)> {
        let mut changes = self.by_edit.range(reading.seen + 1..).peekable();
        let mut removals = self.removals.range(reading.seen.max(reading.base) + 1..).peekable();
        std::iter::from_fn(move || {
            let change = changes.peek().map_or(u64::MAX, |(edit, _)| **edit);
            let removal = removals.peek().map_or(u64::MAX, |(edit, _)| **edit);
            let next = if change < removal { changes.next() } else { removals.next() };
            next.map(|(edit, (id, group))| (*edit, *id, *group))
        })
    }

    /// Whether a client of `group` must be sent the whole from its start.
    fn starts_again(&self, reading: &Reading, group: u16) -> bool {
        let lost = self.forgotten > reading.seen && self.forgotten > reading.base;
        reading.group != group || lost || reading.restarts
    }

    /// Whether a client of `group` has read all.
    #[must_use]
    pub fn is_whole(&self, reading: &Reading, group: u16) -> bool {
        reading.seen == self.edits && reading.group == group && !reading.restarts
    }

    /// Adds to `notes` what a client of `group` reads next: up to `bytes_max` bytes. Where
    /// it has then read all, a checksum of the whole follows: always at its first end, later if
    /// `check` asks for it.
    pub fn read(
        &self,
        reading: &mut Reading,
        group: u16,
        check: bool,
        (bytes_max, notes): (usize, &mut Vec<u8>),
    ) {
        let document = self.document;
        if self.starts_again(reading, group) {
            *reading = Reading { passes_on: reading.passes_on, ..self.start(group) };
            notes.extend(codec::encode(&Note::<()>::Cleared { document }));
        }
        let (end, seen) = (notes.len() + bytes_max, reading.seen);
        let whole = if reading.passes_on { 0 } else { reading.whole };
        for (looked, (edit, id, of)) in self.after(*reading).enumerate() {
            if looked == LOOKED_MAX {
                return;
            }
            let removed;
            let note = match self.records.get(&id) {
                _ if !is_for(of, group) => &[][..],
                None => {
                    removed = codec::encode(&Note::<()>::Removed { document, id });
                    &removed
                }
                Some(held) => held.note(whole, seen),
            };
            if notes.len() + note.len() > end {
                return;
            }
            notes.extend_from_slice(note);
            reading.seen = edit;
        }
        (reading.seen, reading.whole) = (self.edits, self.edits);
        if reading.checked.is_none() || (check && reading.checked != Some(self.edits)) {
            let checksum = self.checksum(group);
            notes.extend(codec::encode(&Note::<()>::Whole { document, checksum }));
            (reading.checked, reading.checksum) = (Some(self.edits), checksum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_limits() {
        let mut records = Records::new(1);
        let long = vec![0; RECORD_BYTES_MAX + 1];
        assert_eq!(records.append(None, &long), Err(RecordError::TooLong(long.len())));
        let whole = &long[1..];
        for _ in 0..DOCUMENT_BYTES_MAX / whole.len() {
            records.append(None, whole).unwrap();
        }
        assert_eq!(records.append(None, whole), Err(RecordError::Full));
        records.remove(1);
        let id = records.append(None, &[1]).unwrap();
        assert_eq!(records.change(id, whole), Ok(true));
        assert_eq!(records.change(1, whole), Ok(false), "it is gone");
        let mut small = Records::new(1);
        for _ in 0..RECORDS_MAX {
            small.append(None, &[]).unwrap();
        }
        assert_eq!(small.append(None, &[]), Err(RecordError::Full));
    }

    #[test]
    fn who_holds_no_copy_is_sent_whole_records() {
        let mut records = Records::new(1);
        let id = records.append(None, &[7; 60]).unwrap();
        let mut readings = [records.start(0), Reading::without_copy()];
        let mut read = |records: &Records| {
            readings.each_mut().map(|reading| {
                let mut notes = Vec::new();
                records.read(reading, 0, false, (usize::MAX / 2, &mut notes));
                let mut found = Vec::new();
                while !notes.is_empty() {
                    let (note, used) = codec::decode_note::<Note<()>>(&notes).unwrap();
                    notes.drain(..used);
                    found.push(note);
                }
                found
            })
        };
        read(&records);
        for last in [8, 9] {
            let record = [vec![7; 59], vec![last]].concat();
            records.change(id, &record).unwrap();
            let [copied, passed_on] = read(&records);
            assert!(matches!(copied[..], [Note::Patch { .. }]), "{copied:?}");
            assert_eq!(passed_on, [Note::Record { document: 1, id, record }]);
        }
    }
}
