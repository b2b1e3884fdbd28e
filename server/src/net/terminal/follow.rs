//! What a text client follows on request: the game's document and the list of players. Each part comes
//! whole first, and by change from then on.

use std::collections::BTreeMap;

use drumbeat_shared::client::Client;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use serde::Serialize;

use super::view::encode;

/// What a text client follows.
#[derive(Debug, Default)]
pub(super) struct Follows {
    /// Whether it follows the game's document.
    pub(super) document: bool,
    /// Whether it follows who plays.
    pub(super) players: bool,
}

/// Serialised as `{"record": …}` or `{"players": …}`.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum News<'a, R> {
    /// A record as it is now; no value once it is gone.
    Record {
        id: RecordId,
        value: Option<R>,
    },
    Players(BTreeMap<PlayerId, &'a str>),
}

impl Follows {
    /// The next message about what is followed, if there is news.
    pub(super) fn news<G: Game>(&self, client: &mut Client<G>) -> Option<String> {
        if self.document
            && let Some(id) = client.changed_record()
        {
            return Some(encode(&News::Record { id, value: client.take_record(id) }));
        }
        let players = self.players.then(|| client.players()).flatten()?;
        Some(encode(&News::<G::Record>::Players(players.collect())))
    }
}
