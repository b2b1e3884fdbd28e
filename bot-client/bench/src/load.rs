//! The load of a server in one run.

use std::path::Path;

use clap::Parser;
use drumbeat_bots::arena::BrainKind;
use drumbeat_bots::faults::Misbehaviour;
use drumbeat_bots::options::Options;
use drumbeat_bots::url::ServerUrl;
use drumbeat_shared::client::Conditions;
use serde::{Serialize, Serializer};

use crate::certificate;
use crate::maps::{crowd_map, sized_map};
use crate::play::Play;

/// Bots that start to join per second.
const RAMP_PER_S: u32 = 2_000;
/// Players per witness, and players per witness in a crowd, whose views are large.
const PLAYERS_PER_WITNESS: u32 = 8;
const CROWD_PER_WITNESS: u32 = 50;
/// Connections that the server allows besides those of the bots: scrapes, reconnects.
const SPARE_CONNECTIONS: u32 = 200;

/// The size of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum World {
    /// The server's default: about 50 ships in a view when all places are taken.
    ByPlaces,
    /// The default size for the number of players, whatever the number of places.
    ByPlayers,
    /// Everybody sees everybody.
    Crowd,
}

/// A load and the settings of its server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Load {
    /// Players, without the slow ones.
    pub(crate) bots: u32,
    /// Rooms that share the players evenly.
    pub(crate) rooms: u32,
    /// What the players do.
    #[serde(rename = "brain")]
    pub(crate) play: Play,
    /// Tick rate in Hz.
    pub(crate) tick_hz: u16,
    /// Length of the measured window, seconds.
    pub(crate) seconds: u32,
    /// Additional players that read 1 kB/s.
    pub(crate) slow: u32,
    /// Whether visitors request every part of the HTTP interface meanwhile.
    pub(crate) visitors: bool,
    /// Places for players, over all rooms.
    pub(crate) places: u32,
    pub(crate) world: World,
    /// Whether the players come under TLS.
    pub(crate) tls: bool,
    /// Whether all players reconnect at once after the window.
    pub(crate) storm: bool,
    /// `--shards` of the server, which then shares all cores with the swarm; `None` for a server on
    /// its own core.
    pub(crate) shards: Option<usize>,
    /// Link conditions of players at screens; `None` for players without screens.
    #[serde(serialize_with = "link_text")]
    pub(crate) link: Option<Conditions>,
}

impl Load {
    /// Drifting players that fill one room at 20 Hz.
    pub(crate) fn drift(bots: u32, seconds: u32) -> Self {
        Self::new(Play::Arena(BrainKind::Drift), bots, seconds)
    }

    /// Players that fill one room at 20 Hz.
    pub(crate) fn new(play: Play, bots: u32, seconds: u32) -> Self {
        Self {
            bots,
            rooms: 1,
            play,
            tick_hz: 20,
            seconds,
            slow: 0,
            visitors: false,
            places: bots,
            world: World::ByPlaces,
            tls: false,
            storm: false,
            shards: None,
            link: None,
        }
    }

    /// The options of the swarm.
    pub(crate) fn options(&self, url: ServerUrl, threads: Option<u32>) -> Options {
        Options {
            url,
            bots: self.bots,
            seconds: self.seconds,
            ramp_per_s: RAMP_PER_S,
            threads,
            witnesses: self.witnesses(),
            storm: self.storm,
            insecure: self.tls,
            link: self.link,
            misbehave: if self.slow > 0 { vec![Misbehaviour::Slow] } else { Vec::new() },
            misbehaving: (self.slow > 0).then_some(self.slow),
            ..Options::parse_from(["drumbeat-bots"])
        }
    }

    /// The number of players that hold their whole view; `None` for all.
    fn witnesses(&self) -> Option<u32> {
        let players = match (self.play, self.world) {
            // A player that plays to win, draws or listens needs a view.
            (Play::Arena(BrainKind::Fight) | Play::Board | Play::Chat, _) => return None,
            (_, World::Crowd) => CROWD_PER_WITNESS,
            (_, World::ByPlaces | World::ByPlayers) => PLAYERS_PER_WITNESS,
        };
        Some((self.bots / players).max(1))
    }

    /// The server's arguments. Writes the map and the certificate into `folder` if the server needs
    /// them.
    ///
    /// # Errors
    /// When they can't be written.
    pub(crate) fn server_arguments(&self, folder: &Path) -> std::io::Result<Vec<String>> {
        let connections = self.places + SPARE_CONNECTIONS;
        let mut arguments = vec![
            format!("--tick-hz={}", self.tick_hz),
            format!("--capacity={}", self.places / self.rooms),
            format!("--rooms-max={}", self.rooms),
            format!("--connections-max={connections}"),
            "--seed=1".to_owned(),
        ];
        arguments.extend(self.play.server_arguments().iter().map(|&argument| argument.to_owned()));
        let map = match self.world {
            World::ByPlaces => None,
            World::ByPlayers => Some(sized_map(self.bots / self.rooms)),
            World::Crowd => Some(crowd_map().to_owned()),
        };
        if let Some(text) = map {
            let path = folder.join("map.toml");
            std::fs::write(&path, text)?;
            arguments.push(format!("--map={}", path.display()));
        }
        if self.tls {
            arguments.extend(certificate::write(folder)?);
        }
        arguments.extend(self.shards.map(|shards| format!("--shards={shards}")));
        Ok(arguments)
    }
}

fn link_text<S: Serializer>(link: &Option<Conditions>, serializer: S) -> Result<S::Ok, S::Error> {
    match link {
        Some(link) => serializer.collect_str(link),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_has_a_place_for_every_player() {
        let load = Load { rooms: 100, ..Load::drift(2_000, 5) };
        let arguments = load.server_arguments(Path::new("")).unwrap();
        for expected in ["--capacity=20", "--rooms-max=100", "--connections-max=2200"] {
            assert!(arguments.iter().any(|found| found == expected), "{arguments:?}");
        }
    }

    #[test]
    fn the_server_serves_the_game_that_the_bots_play() {
        let game = |play| {
            let arguments = Load::new(play, 9, 5).server_arguments(Path::new("")).unwrap();
            arguments.into_iter().find(|argument| argument.starts_with("--game"))
        };
        assert_eq!(game(Play::Chat).as_deref(), Some("--game=chat"));
        assert_eq!(game(Play::Arena(BrainKind::Drift)), None);
        let witnesses = |play| Load::new(play, 9, 5).witnesses();
        assert_eq!((witnesses(Play::Board), witnesses(Play::Chat)), (None, None));
    }

    #[test]
    fn slow_players_come_on_top() {
        let load = Load { slow: 100, places: 1_000, ..Load::drift(900, 5) };
        let options = load.options("ws://127.0.0.1:1".parse().unwrap(), Some(1));
        assert_eq!((options.bots, options.connections()), (900, 1_000));
        let arguments = load.server_arguments(Path::new("")).unwrap();
        assert!(arguments.contains(&"--capacity=1000".to_owned()), "{arguments:?}");
    }
}
