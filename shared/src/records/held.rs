//! One record, and how a client that has an earlier state of it is sent the present one.

use crate::protocol::codec;
use crate::protocol::messages::Note;
use crate::protocol::patch::Patch;

/// Earlier states of a record from which a client is sent what changed: one that has an older one is
/// sent the whole.
const EARLIER_MAX: usize = 8;

/// Whether a record of the group `of`, or of everybody, is for a member of `group`.
pub(super) fn is_for(of: Option<u16>, group: u16) -> bool {
    of.is_none_or(|of| of == group)
}

/// How a client that has an earlier state of a record is sent the present one.
#[derive(Clone, Debug)]
struct Earlier {
    /// The edit that led to that state.
    edit: u64,
    /// The note that holds the patch.
    note: Box<[u8]>,
}

impl Earlier {
    fn patch(&self) -> Option<Patch> {
        match codec::decode_note(&self.note) {
            Ok((Note::<()>::Patch { patch, .. }, _)) => Some(patch),
            _ => None,
        }
    }
}

/// A record.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Who is sent it; `None` for everybody.
    pub(super) group: Option<u16>,
    /// The edit that led to its present state.
    pub(super) edit: u64,
    /// The length of the record alone.
    pub(super) record_bytes: usize,
    /// The note that holds it whole; the record is at the end.
    note: Box<[u8]>,
    /// The states before it, newest first. Together they take no more bytes than the whole.
    earlier: Vec<Earlier>,
}

impl Held {
    /// A new record of a document: their numbers, its group, the edit that appends it.
    pub(super) fn new(of: (u8, u32), group: Option<u16>, edit: u64, record: &[u8]) -> Self {
        let (document, id) = of;
        let note = Note::<()>::Record { document, id, record: record.to_vec() };
        let note = codec::encode(&note).into_boxed_slice();
        Self { group, edit, record_bytes: record.len(), note, earlier: Vec::new() }
    }

    /// The same record with other content.
    pub(super) fn changed(&self, (document, id): (u8, u32), edit: u64, record: &[u8]) -> Self {
        let mut held = Self::new((document, id), self.group, edit, record);
        let last = Patch::between(self.record(), record);
        let before = self.earlier.iter().map_while(|earlier| {
            let patch = earlier.patch()?.then(&last, record)?;
            Some((earlier.edit, patch))
        });
        let patches = std::iter::once((self.edit, last.clone())).chain(before).take(EARLIER_MAX);
        let mut free = held.note.len();
        let earlier = patches.map_while(|(edit, patch)| {
            let note = codec::encode(&Note::<()>::Patch { document, id, patch });
            free = free.checked_sub(note.len() + size_of::<Earlier>())?;
            Some(Earlier { edit, note: note.into_boxed_slice() })
        });
        held.earlier = earlier.collect();
        held
    }

    /// The record's bytes.
    pub(super) fn record(&self) -> &[u8] {
        &self.note[self.note.len() - self.record_bytes..]
    }

    /// The note for a client that had all up to the edit `whole`, and has read on to `seen` since.
    pub(super) fn note(&self, whole: u64, seen: u64) -> &[u8] {
        // Which of the states between the two it has met depends on when it read them.
        let known = self.earlier.iter().find(|earlier| earlier.edit <= seen);
        let known = known.filter(|earlier| earlier.edit <= whole);
        known.map_or(&self.note, |earlier| &earlier.note)
    }
}
