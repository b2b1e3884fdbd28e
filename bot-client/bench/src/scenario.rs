//! A scenario: loads that run one after another, and the targets that they answer.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::load::Load;
use crate::row::Target;
use crate::runs::Runs;

/// Files that a process opens besides the sockets of players: spare connections, logs, libraries.
const OTHER_FILES: u32 = 300;

/// A load with a name.
pub(crate) struct Scenario {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// A description in one sentence.
    pub(crate) about: &'static str,
    /// What it runs.
    pub(crate) course: fn(&Form) -> Course,
    /// Its targets.
    pub(crate) targets: &'static [Target],
    /// What a reader has to know besides the figures.
    pub(crate) note: fn(&Runs) -> Option<String>,
}

/// A template: it runs nothing and has no targets.
pub(crate) const PLAIN: Scenario = Scenario {
    name: "",
    about: "",
    course: |_| Course::turns(0, Vec::new()),
    targets: &[],
    note: |_| None,
};

/// What a scenario runs.
pub(crate) enum Course {
    /// Loads that alternate, several times.
    Turns {
        times: u32,
        loads: Vec<Load>,
        /// Whether the floor is measured after each run.
        floor: bool,
    },
    /// A growing number of players, until the server does not keep up.
    Climb(Steps),
}

/// The numbers of players of a climb.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) first: u32,
    pub(crate) step: u32,
    pub(crate) last: u32,
    /// Length of each window, seconds.
    pub(crate) seconds: u32,
}

impl Course {
    /// Alternates these loads `times` times.
    pub(crate) fn turns(times: u32, loads: Vec<Load>) -> Self {
        Self::Turns { times, loads, floor: false }
    }

    /// Alternates these loads `times` times, and measures the floor after each run.
    pub(crate) fn with_floor(times: u32, loads: Vec<Load>) -> Self {
        Self::Turns { times, loads, floor: true }
    }

    /// Limit of files that a process opens at once. The floor holds both ends of its connections.
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

/// The size and duration of a benchmark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// Whether this is the short form of four minutes in all; the targets need the full form.
    pub(crate) quick: bool,
    /// Cores that server and swarm may use.
    pub(crate) cores: usize,
    /// Limits of players, seconds and repetitions for every load.
    pub(crate) caps: Caps,
}

/// Limits that keep loads small where small loads suffice.
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
    /// The value for the full or the short form.
    pub(crate) fn of<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// The number of players, limited by the caps.
    pub(crate) fn players(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.players)
    }

    /// The number of repetitions, limited by the caps.
    pub(crate) fn times(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.times)
    }

    /// The number of seconds, limited by the caps.
    pub(crate) fn seconds(&self, full: u32, quick: u32) -> u32 {
        self.of(full, quick).min(self.caps.seconds)
    }

    /// Length of the most important windows, seconds.
    pub(crate) fn long_s(&self) -> u32 {
        self.seconds(20, 3)
    }

    /// Length of the other windows, seconds.
    pub(crate) fn short_s(&self) -> u32 {
        self.seconds(10, 2)
    }

    /// Measured ticks of a floor, at 20 Hz.
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
