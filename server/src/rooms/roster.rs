//! The clients of a room, as those who run the server see them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bytes::Bytes;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use glam::IVec2;
use serde::Serialize;

use super::status::RoomInfo;
use crate::engine::tick::Engine;
use crate::engine::viewer::Viewer;

/// A room as `/api/rooms/{name}` shows it.
#[derive(Debug, Serialize)]
struct RoomDetail<'a> {
    /// What the list shows.
    #[serde(flatten)]
    info: RoomInfo,
    /// The players.
    roster: &'a [PlayerRow],
    /// The spectators.
    watchers: &'a [Row],
}

/// A room's clients, as the room published them, and the JSON made from them.
#[derive(Debug)]
pub(super) struct Published {
    roster: Vec<PlayerRow>,
    watchers: Vec<Row>,
    json: OnceLock<Bytes>,
}

impl Published {
    /// The clients of a room.
    pub(super) fn of<G: Game>(engine: &Engine<G>) -> Self {
        let game = engine.game();
        let avatars: BTreeMap<PlayerId, IVec2> = game
            .entities()
            .iter()
            .filter_map(|(_, state)| Some((G::owner(state)?, G::position(state))))
            .collect();
        let (mut roster, mut watchers) = (Vec::new(), Vec::new());
        for (viewer, client) in engine.viewers() {
            let here_s = engine.now().since(client.since) / u32::from(engine.tick_hz());
            let row = |id| Row {
                id,
                name: client.name.clone(),
                subject: client.visitor().subject.map(str::to_owned),
                address: client.peer.address.to_string(),
                connection: client.peer.connection,
                here_s,
            };
            let player = match viewer {
                Viewer::Player(player) => player,
                Viewer::Spectator(number) => {
                    watchers.push(row(number));
                    continue;
                }
            };
            let at = avatars.get(&player).copied().or_else(|| game.eye(player)).unwrap_or_default();
            roster.push(PlayerRow {
                row: row(player.0),
                x: at.x,
                y: at.y,
                visible: client.baseline.visible.len(),
                away: client.away.is_some(),
                muted: client.conduct.mute.is_some(),
            });
        }
        Self { roster, watchers, json: OnceLock::new() }
    }

    /// The room as JSON, written for the first who asks and shared with the others. The room's
    /// thread does no work for it.
    pub(super) fn detail(&self, info: impl FnOnce() -> RoomInfo) -> Bytes {
        let write = || {
            let Self { roster, watchers, .. } = self;
            let detail = RoomDetail { info: info(), roster, watchers };
            // Cannot fail: plain data with finite numbers.
            serde_json::to_vec(&detail).map(Bytes::from).unwrap_or_default()
        };
        self.json.get_or_init(write).clone()
    }
}

/// A client of a room.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its number among those of its role in the room.
    pub id: u16,
    /// Its name.
    pub name: String,
    /// The subject of its ticket, if it has brought one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it comes from.
    pub address: String,
    /// The number of its connection, as the log names it.
    pub connection: u64,
    /// How long it has been in the room, seconds.
    pub here_s: u32,
}

/// A player of a room.
#[derive(Clone, Debug, Serialize)]
pub struct PlayerRow {
    /// What any client has.
    #[serde(flatten)]
    pub row: Row,
    /// Where its avatar is or, without one, where it looks from, grid units.
    pub x: i32,
    /// See `x`.
    pub y: i32,
    /// Entities in its view.
    pub visible: usize,
    /// Whether it has lost its connection, and its place is kept.
    pub away: bool,
    /// Whether its chat lines reach nobody.
    pub muted: bool,
}
