//! What a scenario is: loads that are run one after another, and the targets that they answer.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::load::Load;
use crate::row::Target;
use crate::runs::Runs;

/// Files that a process opens beside the sockets of players: spare connections, logs, libraries.
const OTHER_FILES: u32 = 300;

/// A load with a name.
pub(crate) struct Scenario {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it does, in a sentence.
    pub(crate) about: &'static str,
    /// What is run.
    pub(crate) course: fn(&Form) -> Course,
    /// What is asked of it.
    pub(crate) targets: &'static [Target],
    /// What a reader has to know beside the figures.
    pub(crate) note: fn(&Runs) -> Option<String>,
}

/// To be filled in: nothing is run, nothing asked.
pub(crate) const PLAIN: Scenario = Scenario {
    name: "",
    about: "",
    course: |_| Course::turns(0, Vec::new()),
    targets: &[],
    note: |_| None,
};

/// What is run in a scenario.
pub(crate) enum Course {
    /// These loads in turn, several times.
    Turns {
        times: u32,
        loads: Vec<Load>,
        /// Whether the floor is measured after each.
        floor: bool,
    },
    /// More and more players, until the server does not keep up.
    Climb(Steps),
}

/// From how many players to how many a climb goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) first: u32,
    pub(crate) step: u32,
    pub(crate) last: u32,
    /// Length of each window.
    pub(crate) seconds: u32,
}

impl Course {
    /// These loads in turn, several times.
    pub(crate) fn turns(times: u32, loads: Vec<Load>) -> Self {
        Self::Turns { times, loads, floor: false }
    }

    /// The same, with the floor after each.
    pub(crate) fn with_floor(times: u32, loads: Vec<Load>) -> Self {
        Self::Turns { times, loads, floor: true }
    }

    /// Files that a process opens at once, at most. The floor has both ends of its connections.
    pub(crate) fn open_files(&self) -> u32 {
        let sockets = match self {
            Self::Turns { loads, floor, .. } => {
                let sockets = |load: &Load| if *floor { load.bots * 2 } else { load.places };
                loads.iter().map(sockets).max().unwrap_or(0)
            }
            Self::Climb(steps) => steps.last,
        };
        sockets + OTHER_FILES
    }
}

/// How large and how long a benchmark is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// Three minutes in all, or as the targets want it.
    pub(crate) quick: bool,
    /// Cores that server and swarm may use.
    pub(crate) cores: usize,
    /// Players, seconds and repetitions that no load exceeds.
    pub(crate) caps: Caps,
}

/// What keeps loads small where that is all that is wanted of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caps {
    pub(crate) players: u32,
    pub(crate) seconds: u32,
    pub(crate) times: u32,
}

impl Caps {
    pub(crate) const NONE: Self = Self { players: u32::MAX, seconds: u32::MAX, times: u32::MAX };
}

impl Form {
    /// One of two things.
    pub(crate) fn of<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// So many players.
    pub(crate) fn players(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.players)
    }

    /// So many times.
    pub(crate) fn times(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.times)
    }

    /// So long.
    pub(crate) fn seconds(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.seconds)
    }

    /// Length of a window that counts most.
    pub(crate) fn long_s(&self) -> u32 {
        self.seconds(20, 3)
    }

    /// Length of the others.
    pub(crate) fn short_s(&self) -> u32 {
        self.seconds(10, 2)
    }

    /// Measured ticks of a floor, at 20 a second.
    pub(crate) fn floor_ticks(&self) -> u32 {
        self.of(200, 30)
    }
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}
