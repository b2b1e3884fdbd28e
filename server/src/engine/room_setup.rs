//! What the rooms of a server are made with.

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::game::{Game, MapError, Setup};
use drumbeat_shared::limits::MAP_BYTES_MAX;
use drumbeat_shared::protocol::codec;

/// What a room is made with. Clones share the map's text.
#[derive(Clone, Debug)]
pub struct RoomSetup {
    /// What its game is made with.
    pub game: Setup,
    /// The text of the map file. The world that it makes depends on the seed too, so each room
    /// makes its own.
    pub map_text: Arc<str>,
    /// Spectators at most; 0 for none.
    pub spectators_max: u16,
    /// How long a player may be idle, seconds: its controls do not change, and it says nothing. 0
    /// for as long as it likes.
    pub afk_timeout_s: u32,
    /// How long it lives without players and spectators, and how long spectators alone hold one
    /// that a player wants to have for another.
    pub idle: Duration,
}

impl RoomSetup {
    /// A room on this map that takes no spectators, lets all stay, and is closed as soon as nobody
    /// is there.
    #[must_use]
    pub fn new(map_text: &str, game: Setup) -> Self {
        let map_text = map_text.into();
        Self { game, map_text, spectators_max: 0, afk_timeout_s: 0, idle: Duration::ZERO }
    }

    /// The static world, and its bytes on the wire.
    ///
    /// # Errors
    /// When the map is not valid, or too large.
    pub fn map<G: Game>(&self) -> Result<(G::Map, Vec<u8>), MapError> {
        let map = G::map(&self.map_text, &self.game)?;
        let bytes = codec::encode(&map);
        if bytes.len() > MAP_BYTES_MAX {
            return Err(MapError(format!("the map takes {} bytes on the wire", bytes.len())));
        }
        Ok((map, bytes))
    }
}
