//! Who plays in the room: the names of the connected players, and a document of them for those clients
//! that ask for it.

use std::collections::BTreeMap;

use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::REMOVED_PLAYERS_MAX;
use drumbeat_shared::protocol::messages::Listed;
use drumbeat_shared::protocol::{PLAYERS_DOCUMENT, codec};
use drumbeat_shared::records::Records;
use tracing::error;

/// The connected players, those included whose place is kept.
#[derive(Debug)]
pub struct Players {
    /// The name of each, and its record.
    names: BTreeMap<PlayerId, (String, u32)>,
    records: Records,
}

impl Default for Players {
    fn default() -> Self {
        let records = Records::new(PLAYERS_DOCUMENT).with_removals_max(REMOVED_PLAYERS_MAX);
        Self { names: BTreeMap::new(), records }
    }
}

impl Players {
    /// A player has come.
    pub fn add(&mut self, player: PlayerId, name: &str) {
        let name = name.to_owned();
        let record = codec::encode(&Listed { player, name: name.clone() });
        let id = self.records.append(None, &record).unwrap_or_else(|error| {
            error!(%error, "a player is missing in the list of players");
            0
        });
        self.names.insert(player, (name, id));
    }

    /// A player has gone. Returns its name.
    pub fn remove(&mut self, player: PlayerId) -> Option<String> {
        let (name, id) = self.names.remove(&player)?;
        self.records.remove(id);
        Some(name)
    }

    /// The name of a connected player.
    #[must_use]
    pub fn name(&self, player: PlayerId) -> Option<&str> {
        self.names.get(&player).map(|(name, _)| name.as_str())
    }

    /// The list as clients read it.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_taken_again_has_another_record() {
        let mut players = Players::default();
        players.add(PlayerId(3), "Ada");
        players.add(PlayerId(4), "Bo");
        assert_eq!(players.remove(PlayerId(3)).as_deref(), Some("Ada"));
        assert_eq!((players.remove(PlayerId(3)), players.name(PlayerId(3))), (None, None));
        players.add(PlayerId(3), "Eve");
        assert_eq!(players.name(PlayerId(3)), Some("Eve"));
        let listed = players.records().of_group(0).map(|(id, record)| {
            let Listed { player, name } = codec::decode_server(record).unwrap();
            (id, player.0, name)
        });
        assert!(listed.eq([(2, 4, "Bo".to_owned()), (3, 3, "Eve".to_owned())]));
    }

    #[test]
    fn who_missed_more_departures_than_are_remembered_reads_all_again() {
        let mut players = Players::default();
        players.add(PlayerId(1), "Ada");
        let mut reading = players.records().start(0);
        let read = |players: &Players, reading: &mut _| {
            let mut notes = Vec::new();
            players.records().read(reading, 0, false, (1 << 20, &mut notes));
            notes.len()
        };
        read(&players, &mut reading);
        let comes_and_goes = |players: &mut Players| {
            players.add(PlayerId(2), "Bo");
            players.remove(PlayerId(2));
        };
        (0..REMOVED_PLAYERS_MAX).for_each(|_| comes_and_goes(&mut players));
        let mut late = reading;
        assert!(read(&players, &mut reading) > REMOVED_PLAYERS_MAX, "each departure is a note");
        (0..REMOVED_PLAYERS_MAX).for_each(|_| comes_and_goes(&mut players));
        assert!(read(&players, &mut late) < 40, "only who is there");
        assert!(players.records().is_whole(&late, 0));
    }
}
