//! What bots play: a game, and one of the brains for it.

use std::future::Future;

use drumbeat_bots::arena::{BrainKind, Pilot};
use drumbeat_bots::board::draw;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::Progress;
use drumbeat_bots::report::Report;
use drumbeat_bots::swarm::{self, RunError};
use drumbeat_bots::talk;
use drumbeat_chat::Chat;
use serde::{Serialize, Serializer};

/// A game and a brain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Play {
    /// Ships, steered in this way.
    Arena(BrainKind),
    /// Everybody draws.
    Board,
    /// Twenty talk, the others listen.
    Chat,
}

impl Play {
    /// The game's settings of the server.
    pub(crate) fn server_arguments(self) -> &'static [&'static str] {
        match self {
            // The server takes them for players who have gone away.
            Self::Arena(BrainKind::Listen) => {
                &["--house-bots=0", "--round-minutes=0", "--afk-timeout-s=0"]
            }
            Self::Arena(_) => &["--house-bots=0", "--round-minutes=0"],
            Self::Board => &["--game=board"],
            Self::Chat => &["--game=chat", "--chat-per-10s=20"],
        }
    }

    /// Whether every bot sends an input and gets a frame in every tick.
    pub(crate) fn is_steady(self) -> bool {
        matches!(self, Self::Arena(kind) if kind != BrainKind::Listen)
    }

    /// Runs a swarm that plays this.
    pub(crate) async fn run(
        self,
        options: &Options,
        watch: impl FnMut(&Progress),
        interrupt: impl Future<Output = ()>,
    ) -> Result<Report, RunError> {
        match self {
            Self::Arena(kind) => {
                let pilot = move |seed| Pilot::new(kind, seed);
                swarm::run(options, pilot, watch, interrupt).await
            }
            Self::Board => swarm::run(options, draw, watch, interrupt).await,
            Self::Chat => swarm::run(options, talk::<Chat>, watch, interrupt).await,
        }
    }
}

impl Serialize for Play {
    /// The name of the brain.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Arena(kind) => serializer.serialize_str(&format!("{kind:?}").to_lowercase()),
            Self::Board => serializer.serialize_str("draw"),
            Self::Chat => serializer.serialize_str("talk"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_may_stay() {
        let stays = |kind| Play::Arena(kind).server_arguments().contains(&"--afk-timeout-s=0");
        assert!(stays(BrainKind::Listen) && !stays(BrainKind::Drift));
    }

    #[test]
    fn brains_have_their_names() {
        let names = [Play::Arena(BrainKind::Fight), Play::Board, Play::Chat]
            .map(|play| serde_json::to_value(play).unwrap());
        assert_eq!(names, ["fight", "draw", "talk"]);
    }
}
