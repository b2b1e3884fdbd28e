//! The setup of a server's rooms.

use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::game::{Game, MapError, Setup};
use drumbeat_shared::limits::MAP_BYTES_MAX;
use drumbeat_shared::protocol::codec;

use crate::names::NamePolicy;

/// The setup of a room; `S` are the settings of its game. Clones share the map's text.
#[derive(Clone, Debug)]
pub struct RoomSetup<S = ()> {
    /// The setup of its game.
    pub game: Setup<S>,
    /// The text of the map file. The world made from it also depends on the seed, so each room
    /// makes its own.
    pub map_text: Arc<str>,
    /// Limit of spectators; 0 for none.
    pub spectators_max: u16,
    /// How long a player may be idle, seconds: its controls do not change and it does not chat. 0
    /// for no limit.
    pub afk_timeout_s: u32,
    /// Limit of each player's chat lines in 10 seconds, at least 1.
    pub chat_per_10s: u32,
    /// What becomes of players whose name is in use.
    pub names: NamePolicy,
    /// How long the place of a player that has lost its connection is kept, seconds; 0 for not at
    /// all.
    pub resume_s: u16,
    /// How long the room stays open without clients, and how long only spectators can hold it open
    /// when a player asks for another room.
    pub idle: Duration,
    /// Whether the laws of the game's contract are checked in every tick, which costs several times
    /// the rules' own time. The room ends when its rules break one.
    pub check_rules: bool,
}

impl<S> RoomSetup<S> {
    /// A setup on this map without spectators, without limits of idle time and of chat lines, without
    /// kept places and without checks of the rules, whose room closes as soon as it is empty.
    #[must_use]
    pub fn new(map_text: &str, game: Setup<S>) -> Self {
        let map_text = map_text.into();
        Self {
            game,
            map_text,
            spectators_max: 0,
            afk_timeout_s: 0,
            chat_per_10s: u32::MAX,
            names: NamePolicy::Any,
            resume_s: 0,
            idle: Duration::ZERO,
            check_rules: false,
        }
    }

    /// Makes the static world, and its bytes on the wire.
    ///
    /// # Errors
    /// When the map is invalid or too large.
    pub fn map<G: Game<Settings = S>>(&self) -> Result<(G::Map, Vec<u8>), MapError> {
        let map = G::map(&self.map_text, &self.game)?;
        let bytes = codec::encode(&map);
        if bytes.len() > MAP_BYTES_MAX {
            return Err(MapError(format!("the map takes {} bytes on the wire", bytes.len())));
        }
        Ok((map, bytes))
    }
}
