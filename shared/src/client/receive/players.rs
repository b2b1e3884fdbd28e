//! The client's copy of the list of players, if it has asked for one.

use std::collections::BTreeMap;

use super::document_copy::DocumentCopy;
use crate::document::RecordId;
use crate::ids::PlayerId;
use crate::protocol::codec::{self, DecodeError};
use crate::protocol::messages::Listed;
use crate::protocol::patch::Patch;

/// Whether a client has asked for the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    None,
    Unsent,
    Sent,
}

/// The list of players as of the newest frame.
#[derive(Debug, Default)]
pub(crate) struct PlayerList {
    pub(crate) copy: DocumentCopy,
    names: BTreeMap<PlayerId, String>,
    /// Whether it has changed since the front end last asked.
    changed: bool,
    wish: Wish,
}

impl PlayerList {
    /// Asks for it with one of the next messages, once.
    pub(crate) fn want(&mut self) {
        if self.wish == Wish::None {
            self.wish = Wish::Unsent;
        }
    }

    /// Whether to ask for it now.
    pub(crate) fn ask(&mut self) -> bool {
        let asks = self.wish == Wish::Unsent;
        if asks {
            self.wish = Wish::Sent;
        }
        asks
    }

    /// The name of a player.
    pub(crate) fn name(&self, player: PlayerId) -> Option<&str> {
        self.names.get(&player).map(String::as_str)
    }

    /// All players by id, if they have changed since the last call and the list is complete.
    pub(crate) fn news(&mut self) -> Option<impl Iterator<Item = (PlayerId, &str)>> {
        let is_new = self.copy.whole && std::mem::take(&mut self.changed);
        is_new.then(|| self.names.iter().map(|(player, name)| (*player, name.as_str())))
    }

    pub(crate) fn put(&mut self, id: RecordId, record: Vec<u8>) -> Result<(), DecodeError> {
        let Listed { player, name } = codec::decode_server(&record)?;
        self.take(id);
        self.copy.put(id, record)?;
        self.copy.forget_changes();
        self.names.insert(player, name);
        self.changed = true;
        Ok(())
    }

    pub(crate) fn patch(&mut self, id: RecordId, patch: &Patch) -> Result<(), DecodeError> {
        let after = self.copy.patched(id, patch)?;
        self.put(id, after)
    }

    pub(crate) fn take(&mut self, id: RecordId) {
        let listed = self.copy.get(id).and_then(|record| codec::decode_server(record).ok());
        if let Some(Listed { player, .. }) = listed {
            self.names.remove(&player);
            self.changed = true;
        }
        self.copy.take(id);
        self.copy.forget_changes();
    }

    pub(crate) fn clear(&mut self) {
        self.copy.clear();
        self.copy.forget_changes();
        self.names.clear();
        self.changed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(player: u16, name: &str) -> Vec<u8> {
        codec::encode(&Listed { player: PlayerId(player), name: name.to_owned() })
    }

    fn news(list: &mut PlayerList) -> Option<Vec<(u16, String)>> {
        Some(list.news()?.map(|(player, name)| (player.0, name.to_owned())).collect())
    }

    #[test]
    fn it_is_asked_for_once() {
        let mut list = PlayerList::default();
        assert!(!list.ask());
        list.want();
        assert_eq!([list.ask(), list.ask()], [true, false]);
        list.want();
        assert!(!list.ask());
    }

    #[test]
    fn a_seat_has_the_name_of_who_has_it_now() {
        let mut list = PlayerList::default();
        list.put(RecordId(1), listed(3, "Ada")).unwrap();
        list.put(RecordId(2), listed(4, "Bo")).unwrap();
        assert_eq!(news(&mut list), None, "not all of it is there");
        list.copy.whole = true;
        let both = vec![(3, "Ada".to_owned()), (4, "Bo".to_owned())];
        assert_eq!((news(&mut list), news(&mut list)), (Some(both), None));
        list.take(RecordId(1));
        assert_eq!(list.name(PlayerId(3)), None);
        list.put(RecordId(3), listed(3, "Eve")).unwrap();
        list.take(RecordId(1));
        assert_eq!(list.name(PlayerId(3)), Some("Eve"));
        let patch = Patch::between(&listed(4, "Bo"), &listed(4, "Bob"));
        list.patch(RecordId(2), &patch).unwrap();
        assert_eq!(news(&mut list), Some(vec![(3, "Eve".to_owned()), (4, "Bob".to_owned())]));
        list.clear();
        assert_eq!(news(&mut list), None);
        assert_eq!(list.name(PlayerId(4)), None);
    }

    #[test]
    fn nonsense_is_refused() {
        let mut list = PlayerList::default();
        assert!(list.put(RecordId(1), vec![]).is_err());
        assert!(list.patch(RecordId(1), &Patch::between(&[1], &[2])).is_err());
        assert_eq!(list.copy.checksum(), 0);
    }
}
