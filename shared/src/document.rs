//! The document of a room: bounded records that everybody knows, and whoever joins later is sent.
//!
//! The rules append, change and remove records; the engine sends the whole to whoever joins, and
//! then what changes. A whiteboard's strokes, a card game's table and the items of a shop are such
//! records: content of variable size that stays, unlike an event, and does not move by itself,
//! unlike an entity.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::content::derive::shape;
use crate::content::{Content, Record};
use crate::protocol::{GAME_DOCUMENT, codec};
use crate::records::Records;

/// A record of a document. Ids count up from 1 and are never used again.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RecordId(pub u32);

impl Content for RecordId {
    const SHAPE: u64 = shape("RecordId", &[]);
}

/// The records of a room, of the type `R`.
///
/// A record is for everybody, or for one group: a player sees those of the group that the rules name
/// ([`crate::typed::Game::group`]).
#[derive(Clone, Debug)]
pub struct Document<R> {
    typed: BTreeMap<RecordId, R>,
    records: Records,
}

impl<R> Default for Document<R> {
    fn default() -> Self {
        Self { typed: BTreeMap::new(), records: Records::new(GAME_DOCUMENT) }
    }
}

impl<R: Record> Document<R> {
    /// Adds a record at the end, for everybody. `None` if it takes more than `RECORD_BYTES_MAX` bytes, or
    /// if the document is full, with `RECORDS_MAX` records or `DOCUMENT_BYTES_MAX` bytes.
    ///
    /// # Panics
    /// When the record breaks one of its limits.
    pub fn append(&mut self, record: R) -> Option<RecordId> {
        self.put(None, record)
    }

    /// Adds a record at the end for the members of a group; see [`Document::append`].
    ///
    /// # Panics
    /// As [`Document::append`].
    pub fn append_to(&mut self, group: u16, record: R) -> Option<RecordId> {
        self.put(Some(group), record)
    }

    fn put(&mut self, group: Option<u16>, record: R) -> Option<RecordId> {
        let id = RecordId(self.records.append(group, &encode(&record)).ok()?);
        self.typed.insert(id, record);
        Some(id)
    }

    /// Changes a record. Returns what `change` returns; `None` if there is no such record, or if the
    /// document has no space for what it becomes: then it stays as it was.
    ///
    /// # Panics
    /// As [`Document::append`].
    pub fn edit<T>(&mut self, id: RecordId, change: impl FnOnce(&mut R) -> T) -> Option<T> {
        let typed = self.typed.get_mut(&id)?;
        let mut record = typed.clone();
        let result = change(&mut record);
        self.records.change(id.0, &encode(&record)).ok()?;
        *typed = record;
        Some(result)
    }

    /// Removes a record and returns it.
    pub fn remove(&mut self, id: RecordId) -> Option<R> {
        self.records.remove(id.0);
        self.typed.remove(&id)
    }

    /// Removes all records for which `stays` is false.
    pub fn retain(&mut self, mut stays: impl FnMut(RecordId, &R) -> bool) {
        let gone = self.typed.iter().filter(|(id, record)| !stays(**id, record));
        let gone: Vec<RecordId> = gone.map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|id| drop(self.remove(id)));
    }

    /// A record.
    #[must_use]
    pub fn get(&self, id: RecordId) -> Option<&R> {
        self.typed.get(&id)
    }

    /// All records, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (RecordId, &R)> {
        self.typed.iter().map(|(id, record)| (*id, record))
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.typed.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// The encoded records below.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }
}

/// The records alone, of which each is read as a client reads it.
impl<R> Serialize for Document<R> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.records.serialize(to)
    }
}

impl<'de, R: Record> Deserialize<'de> for Document<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let records = Records::deserialize(from)?;
        let typed = records.all().map(|(id, bytes)| {
            Ok((RecordId(id), codec::decode_server(bytes).map_err(D::Error::custom)?))
        });
        Ok(Self { typed: typed.collect::<Result<_, _>>()?, records })
    }
}

fn encode<R: Record>(record: &R) -> Vec<u8> {
    if let Err(error) = record.check() {
        panic!("the rules made a record that breaks its own limit: {error}");
    }
    codec::encode(record)
}
