//! What a checkpoint holds of records: not the removals, so that whoever has read before starts anew.

use serde::{Deserialize, Serialize};

use super::Records;
use super::held::Held;
use crate::limits::{DOCUMENT_BYTES_MAX, RECORD_BYTES_MAX, RECORDS_MAX};

/// The records of one document.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    document: u8,
    removals_max: usize,
    edits: u64,
    last_id: u32,
    /// Ascending by id.
    records: Vec<SavedRecord>,
}

#[derive(Serialize, Deserialize)]
struct SavedRecord {
    id: u32,
    group: Option<u16>,
    /// The edit that led to it.
    edit: u64,
    bytes: Vec<u8>,
}

impl From<Records> for Saved {
    fn from(from: Records) -> Self {
        let Records { document, removals_max, edits, last_id, .. } = from;
        let records = from.records.iter().map(|(id, held)| {
            let (group, bytes) = (held.group, held.record().to_vec());
            SavedRecord { id: *id, group, edit: held.edit, bytes }
        });
        Self { document, removals_max, edits, last_id, records: records.collect() }
    }
}

impl TryFrom<Saved> for Records {
    type Error = &'static str;

    fn try_from(saved: Saved) -> Result<Self, Self::Error> {
        let Saved { document, removals_max, edits, last_id, records: all } = saved;
        let mut records = Self::new(document).with_removals_max(removals_max);
        (records.edits, records.forgotten, records.last_id) = (edits, edits, last_id);
        if all.len() > RECORDS_MAX {
            return Err("a document of too many records");
        }
        for SavedRecord { id, group, edit, bytes } in all {
            let is_next = records.records.last_key_value().is_none_or(|(last, _)| *last < id);
            if !is_next || id > last_id {
                return Err("a document whose records are not in order");
            }
            if edit > edits || records.by_edit.contains_key(&edit) {
                return Err("a document of which two records have the same edit, or a later one");
            }
            if bytes.len() > RECORD_BYTES_MAX || records.bytes + bytes.len() > DOCUMENT_BYTES_MAX {
                return Err("a document of too many bytes");
            }
            records.put(id, Held::new((document, id), group, edit, &bytes));
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codec;

    #[test]
    fn restored_records_are_read_as_the_saved_ones_and_go_on_counting() {
        let mut records = Records::new(7);
        for byte in 0..6 {
            records.append((byte > 3).then_some(2), &[byte; 3]).unwrap();
        }
        records.change(2, &[9]).unwrap();
        records.remove(3);
        records.remove(6);
        let saved = codec::encode(&records);
        let mut restored: Records = codec::decode_server(&saved).unwrap();
        assert_eq!(codec::encode(&restored), saved);
        let read = |records: &Records, mut reading| {
            let mut notes = Vec::new();
            records.read(&mut reading, 2, true, (usize::MAX / 2, &mut notes));
            notes
        };
        let start = records.start(2);
        assert_eq!(read(&restored, start), read(&records, start));
        assert_eq!(restored.checksum(2), records.checksum(2));
        for records in [&mut records, &mut restored] {
            assert_eq!((records.append(None, &[1]), records.edits()), (Ok(7), 10));
        }
        // Of the removals that it has not met, a client can't be sent word any more.
        let mut old = records.start(2);
        (old.base, old.seen) = (6, 6);
        let cleared =
            codec::encode(&crate::protocol::messages::Note::<()>::Cleared { document: 7 });
        assert!(read(&restored, old).starts_with(&cleared));
        assert!(!read(&records, old).starts_with(&cleared));
    }

    #[test]
    fn what_no_records_can_be_is_an_error() {
        let record = |id, edit| SavedRecord { id, group: None, edit, bytes: vec![1] };
        let saved = |records| Saved { document: 1, removals_max: 9, edits: 5, last_id: 4, records };
        assert!(Records::try_from(saved(vec![record(1, 2), record(4, 5)])).is_ok());
        for records in [
            vec![record(4, 2), record(1, 3)],
            vec![record(1, 2), record(1, 3)],
            vec![record(5, 2)],
            vec![record(1, 6)],
            vec![record(1, 2), record(2, 2)],
        ] {
            assert!(Records::try_from(saved(records)).is_err());
        }
        let long = vec![SavedRecord { bytes: vec![0; RECORD_BYTES_MAX + 1], ..record(1, 1) }];
        assert!(Records::try_from(saved(long)).is_err());
    }
}
