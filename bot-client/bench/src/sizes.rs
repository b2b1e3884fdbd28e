//! How large and how long the scenarios are, in both forms of a benchmark.

use crate::options::Scenario;

/// Players of a room of the scenario `rooms`.
pub(crate) const ROOM_PLAYERS: u32 = 20;
/// Files that a process opens beside the sockets of players: spare connections, logs, libraries.
const OTHER_FILES: u32 = 300;

/// How large and how long the scenarios are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sizes {
    /// Times that server and floor take turns.
    pub(crate) pairs: u32,
    /// Length of a window that counts for the target table, seconds.
    pub(crate) seconds: u32,
    /// Length of the others.
    pub(crate) short_s: u32,
    /// Measured ticks of a floor, at 20 a second.
    pub(crate) floor_ticks: u32,
    pub(crate) steady: u32,
    pub(crate) frantic: u32,
    pub(crate) fight: u32,
    pub(crate) scale: &'static [u32],
    pub(crate) crowd: u32,
    /// Players of the first step, of a step more, and of the last.
    pub(crate) max: [u32; 3],
    pub(crate) slow: u32,
    /// Times that the slow ones come and stay away.
    pub(crate) slow_pairs: u32,
    pub(crate) visitors: u32,
    /// Times that visitors come and stay away.
    pub(crate) visitors_pairs: u32,
    pub(crate) storm: u32,
    pub(crate) idle: u32,
    pub(crate) rooms: u32,
    pub(crate) shards: u32,
    /// Rooms that share those players.
    pub(crate) shards_rooms: &'static [u32],
    pub(crate) feel: u32,
    /// Length of its windows.
    pub(crate) feel_s: u32,
    /// Whether over every link, or only over those with a target.
    pub(crate) feel_all: bool,
}

/// As the target table wants it.
pub(crate) const FULL: Sizes = Sizes {
    pairs: 3,
    seconds: 20,
    short_s: 10,
    floor_ticks: 200,
    steady: 2_000,
    frantic: 500,
    fight: 500,
    scale: &[500, 1_000, 2_000, 3_000],
    crowd: 1_000,
    max: [1_500, 500, 6_000],
    slow: 1_000,
    slow_pairs: 3,
    visitors: 100,
    visitors_pairs: 3,
    storm: 2_000,
    idle: 10_000,
    rooms: 100,
    shards: 2_000,
    shards_rooms: &[1, 100],
    feel: 24,
    feel_s: 20,
    feel_all: true,
};

/// Three minutes in all.
pub(crate) const QUICK: Sizes = Sizes {
    pairs: 2,
    seconds: 3,
    short_s: 2,
    floor_ticks: 30,
    steady: 1_000,
    frantic: 300,
    fight: 300,
    scale: &[500, 1_500],
    crowd: 200,
    max: [1_500, 1_500, 3_000],
    slow: 300,
    slow_pairs: 1,
    visitors: 100,
    visitors_pairs: 1,
    storm: 500,
    idle: 2_000,
    rooms: 20,
    shards: 500,
    shards_rooms: &[1],
    feel: 24,
    feel_s: 5,
    feel_all: false,
};

impl Sizes {
    /// Files that a process opens at once in this scenario, at most. The floor has both ends of its
    /// connections, and the server of `storm` two places for each player.
    pub(crate) fn open_files(&self, scenario: Scenario) -> u32 {
        let sockets = match scenario {
            Scenario::Steady => self.steady * 2,
            Scenario::Frantic => self.frantic * 2,
            Scenario::Fight => self.fight * 2,
            Scenario::Scale => self.scale.iter().max().map_or(0, |bots| bots * 2),
            Scenario::Crowd => self.crowd * 2,
            Scenario::Max => self.max[2],
            Scenario::Slow => self.slow,
            Scenario::Visitors => self.visitors,
            Scenario::Storm => self.storm * 2,
            Scenario::Idle => self.idle,
            Scenario::Rooms => self.rooms * ROOM_PLAYERS * 2,
            Scenario::Shards => self.shards,
            Scenario::Feel => self.feel,
        };
        sockets + OTHER_FILES
    }

    /// Whether they are less than the target table wants.
    pub(crate) fn is_reduced(&self) -> bool {
        self != &FULL
    }
}
