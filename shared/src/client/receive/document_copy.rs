//! A client's copy of one document.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::RecordId;
use crate::limits::{DOCUMENT_BYTES_MAX, RECORD_BYTES_MAX, RECORDS_MAX};
use crate::protocol::codec::DecodeError;
use crate::protocol::patch::Patch;
use crate::records::{fold, hash_record};

/// Maximum number of changed records that a front end can ask for.
const CHANGED_MAX: usize = 2 * RECORDS_MAX;

/// One document as of the newest frame.
#[derive(Debug, Default)]
pub(crate) struct DocumentCopy {
    records: BTreeMap<RecordId, Vec<u8>>,
    bytes: usize,
    /// The sum of the records' hashes.
    hash: u64,
    /// The records that changed, came or went since the front end last asked.
    changed: BTreeSet<RecordId>,
    /// Whether it was complete once.
    pub(crate) whole: bool,
    /// The records that are there and have been given away.
    given: BTreeSet<RecordId>,
}

pub(super) fn broken(what: &str) -> DecodeError {
    DecodeError::Invalid(what.to_owned())
}

impl DocumentCopy {
    /// A record's bytes.
    pub(crate) fn get(&self, id: RecordId) -> Option<&[u8]> {
        self.records.get(&id).map(Vec::as_slice)
    }

    /// All records, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (RecordId, &[u8])> {
        self.records.iter().map(|(id, record)| (*id, record.as_slice()))
    }

    /// The next record that changed, came or went.
    pub(crate) fn next_change(&mut self) -> Option<RecordId> {
        self.changed.pop_first()
    }

    /// Forgets which records changed.
    pub(crate) fn forget_changes(&mut self) {
        self.changed.clear();
    }

    /// The checksum of what it holds.
    pub(crate) fn checksum(&self) -> u32 {
        fold(self.hash)
    }

    /// Takes a whole record.
    pub(crate) fn put(&mut self, id: RecordId, record: Vec<u8>) -> Result<(), DecodeError> {
        self.take(id);
        let bytes = self.bytes + record.len();
        if record.len() > RECORD_BYTES_MAX || bytes > DOCUMENT_BYTES_MAX {
            return Err(broken("a document is longer than its limit"));
        }
        if self.records.len() == RECORDS_MAX {
            return Err(broken("a document has more records than its limit"));
        }
        self.bytes = bytes;
        self.hash = self.hash.wrapping_add(hash_record(id.0, &record));
        self.records.insert(id, record);
        self.changed.insert(id);
        if self.changed.len() > CHANGED_MAX {
            // Of a front end that does not ask: it need not know of what came and went.
            self.changed.retain(|id| self.records.contains_key(id));
        }
        Ok(())
    }

    pub(crate) fn patch(&mut self, id: RecordId, patch: &Patch) -> Result<(), DecodeError> {
        let after = self.patched(id, patch)?;
        self.put(id, after)
    }

    /// What a patch makes of a record.
    pub(crate) fn patched(&self, id: RecordId, patch: &Patch) -> Result<Vec<u8>, DecodeError> {
        let before = self.get(id).ok_or_else(|| broken("a patch of a record that is not there"))?;
        patch.apply(before).ok_or_else(|| broken("a patch does not fit its record"))
    }

    /// Forgets a record, if it is there.
    pub(crate) fn take(&mut self, id: RecordId) {
        if self.remove(id).is_some() || self.given.remove(&id) {
            self.changed.insert(id);
        }
    }

    /// Gives a record away, if it is held: nothing but its id stays.
    pub(crate) fn give(&mut self, id: RecordId) -> Option<Vec<u8>> {
        let record = self.remove(id)?;
        self.given.insert(id);
        Some(record)
    }

    /// Whether no record has been given away, so that the checksum is that of the whole.
    pub(crate) fn is_complete(&self) -> bool {
        self.given.is_empty()
    }

    fn remove(&mut self, id: RecordId) -> Option<Vec<u8>> {
        let record = self.records.remove(&id)?;
        self.bytes -= record.len();
        self.hash = self.hash.wrapping_sub(hash_record(id.0, &record));
        Some(record)
    }

    pub(crate) fn clear(&mut self) {
        self.changed.extend(self.records.keys());
        self.changed.append(&mut self.given);
        self.records.clear();
        (self.bytes, self.hash, self.whole) = (0, 0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::REMOVED_RECORDS_MAX;
    use crate::protocol::messages::Note;
    use crate::protocol::{GAME_DOCUMENT, codec};
    use crate::records::{Reading, Records};
    use crate::rng::Rng;

    /// A client that reads a document.
    struct Reader {
        reading: Reading,
        copy: DocumentCopy,
        group: u16,
        cleared: u32,
        patched: u32,
    }

    impl Reader {
        fn new(records: &Records, group: u16) -> Self {
            let (reading, copy) = (records.start(group), DocumentCopy::default());
            Self { reading, copy, group, cleared: 0, patched: 0 }
        }

        /// Reads up to `bytes_max` bytes. Where it has then read all, it has what it should.
        fn read(&mut self, records: &Records, bytes_max: usize) {
            let mut notes = Vec::new();
            records.read(&mut self.reading, self.group, true, (bytes_max, &mut notes));
            let mut rest = &notes[..];
            while !rest.is_empty() {
                let (note, used) = codec::decode_note::<Note<()>>(rest).unwrap();
                rest = &rest[used..];
                match note {
                    Note::Record { id, record, .. } => self.copy.put(RecordId(id), record).unwrap(),
                    Note::Patch { id, patch, .. } => {
                        self.copy.patch(RecordId(id), &patch).unwrap();
                        self.patched += 1;
                    }
                    Note::Removed { id, .. } => self.copy.take(RecordId(id)),
                    Note::Cleared { .. } => {
                        self.copy.clear();
                        self.cleared += 1;
                    }
                    Note::Whole { checksum, .. } => assert_eq!(self.copy.checksum(), checksum),
                    other => panic!("{other:?}"),
                }
            }
            if records.is_whole(&self.reading, self.group) {
                let copied = self.copy.iter().map(|(id, record)| (id.0, record));
                assert!(copied.eq(records.of_group(self.group)));
            }
        }
    }

    #[test]
    fn who_reads_on_from_anywhere_has_what_it_should() {
        let (mut rng, mut patched) = (Rng::new(5), 0);
        for _ in 0..40 {
            let mut records = Records::new(1);
            let mut readers: Vec<_> = (0..4).map(|group| Reader::new(&records, group)).collect();
            for _ in 0..400 {
                let id = 1 + rng.below(200);
                let mut content = vec![7; 60];
                content[rng.below(60) as usize] = rng.below(4) as u8;
                content.truncate(1 + rng.below(100) as usize);
                match rng.below(8) {
                    0..3 => drop(records.append(Some(rng.below(4) as u16), &content)),
                    3 => drop(records.append(None, &content)),
                    4..7 => drop(records.change(id, &content)),
                    _ => drop(records.remove(id)),
                }
                let reader = &mut readers[rng.below(4) as usize];
                if rng.one_in(40) {
                    reader.group = rng.below(4) as u16;
                } else if rng.one_in(40) {
                    reader.reading.restart();
                }
                reader.read(&records, rng.below(300) as usize);
            }
            for reader in &mut readers {
                reader.read(&records, usize::MAX >> 1);
                assert!(records.is_silent(&mut reader.reading, reader.group, true));
                patched += reader.patched;
            }
        }
        assert!(patched > 100, "only {patched} patches were sent");
    }

    #[test]
    fn who_missed_forgotten_removals_starts_again() {
        let mut records = Records::new(1);
        let append = |records: &mut Records| records.append(None, &[7]).unwrap();
        // One look does not reach the end.
        let read_on = |reader: &mut Reader, records: &Records| {
            while !records.is_whole(&reader.reading, 0) {
                reader.read(records, 1 << 20);
            }
        };
        for _ in 0..RECORDS_MAX {
            append(&mut records);
        }
        let mut reader = Reader::new(&records, 0);
        read_on(&mut reader, &records);
        let mut slow = Reader::new(&records, 0);
        assert_eq!(REMOVED_RECORDS_MAX, RECORDS_MAX);
        for id in 1..=RECORDS_MAX as u32 {
            records.remove(id);
        }
        let mut late = Reader::new(&records, 0);
        read_on(&mut late, &records);
        reader.read(&records, 10);
        assert_eq!(reader.cleared, 0, "all of them are remembered");
        for _ in 0..2 {
            let id = append(&mut records);
            records.remove(id);
        }
        append(&mut records);
        read_on(&mut late, &records);
        assert_eq!(late.cleared, 0);
        read_on(&mut reader, &records);
        assert_eq!(reader.cleared, 0, "it had read on before they were forgotten");
        read_on(&mut slow, &records);
        assert_eq!((slow.cleared, slow.copy.iter().count()), (1, 1));
    }

    #[test]
    fn a_copy_has_the_checksum_of_what_it_copies() {
        let mut records = Records::new(GAME_DOCUMENT);
        let mut copy = DocumentCopy::default();
        for content in [[1; 4], [2; 4], [3; 4]] {
            let id = RecordId(records.append(None, &content).unwrap());
            copy.put(id, content.to_vec()).unwrap();
        }
        assert_eq!(copy.checksum(), records.checksum(0));
        records.change(2, &[9; 5]).unwrap();
        assert_ne!(copy.checksum(), records.checksum(0));
        copy.patch(RecordId(2), &Patch::between(&[2; 4], &[9; 5])).unwrap();
        assert_eq!(copy.checksum(), records.checksum(0));
        records.remove(1);
        copy.take(RecordId(1));
        assert_eq!(copy.checksum(), records.checksum(0));
        let changes: Vec<_> = std::iter::from_fn(|| copy.next_change()).collect();
        assert_eq!(changes, [1, 2, 3].map(RecordId));
        copy.clear();
        assert_eq!((copy.checksum(), copy.iter().count()), (0, 0));
    }

    #[test]
    fn of_what_is_given_away_the_id_stays() {
        let mut copy = DocumentCopy::default();
        let id = RecordId(1);
        copy.put(id, vec![7; 4]).unwrap();
        assert_eq!((copy.give(id), copy.bytes, copy.checksum()), (Some(vec![7; 4]), 0, 0));
        assert!(!copy.is_complete());
        copy.put(id, vec![8; 5]).unwrap();
        assert!(copy.is_complete());
        assert_eq!((copy.give(id), copy.give(RecordId(2))), (Some(vec![8; 5]), None));
        assert_eq!(copy.next_change(), Some(id));
        copy.clear();
        assert_eq!((copy.next_change(), copy.give(id), copy.bytes), (Some(id), None, 0));
    }

    #[test]
    fn nonsense_is_refused() {
        let mut copy = DocumentCopy::default();
        let patch = Patch { keep: 9, cut: 0, put: vec![], tail: vec![] };
        assert!(copy.patch(RecordId(1), &patch).is_err());
        copy.put(RecordId(1), vec![0; 4]).unwrap();
        assert!(copy.patch(RecordId(1), &patch).is_err());
        assert!(copy.put(RecordId(2), vec![0; RECORD_BYTES_MAX + 1]).is_err());
    }
}
