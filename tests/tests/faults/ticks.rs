//! Whether ticks go on: those that a room has run, and those that it says it has left out, are together all
//! that its rate asks for. A gap of which nothing is said shows in that, however slow the machine is.

use std::time::{Duration, Instant};

use drumbeat_server::rooms::beat::CATCH_UP_TICKS_MAX;
use serde_json::Value;

use super::harness::{ROOM, Server, eventually};

/// Ticks by which a room may be behind at any moment: those that it makes up for, the one that it is in,
/// and one because a moment falls between two.
const BEHIND_MAX: f64 = CATCH_UP_TICKS_MAX as f64 + 2.0;

/// What a room has done, at some moment between two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    after: Instant,
    before: Instant,
    /// Ticks that it has run, and those that it says it has left out.
    run: f64,
    left_out: f64,
    tick_hz: f64,
}

impl Reading {
    fn of(server: &Server) -> Self {
        let after = Instant::now();
        let (code, text) = server.get_admin(&format!("/api/rooms/{ROOM}"));
        let before = Instant::now();
        assert_eq!(code, 200, "{text}");
        let room: Value = serde_json::from_str(&text).unwrap();
        let figure = |key: &str| room[key].as_f64().unwrap_or_else(|| panic!("no {key} in {room}"));
        let (run, left_out) = (figure("tick"), figure("skipped_ticks"));
        Self { after, before, run, left_out, tick_hz: figure("tick_hz") }
    }

    /// Whether it has run, or says that it has left out, each tick that was due since then, and no other.
    fn accounts_since(&self, earlier: &Self) -> bool {
        let due = |time: Duration| time.as_secs_f64() * self.tick_hz;
        let least = due(self.after.saturating_duration_since(earlier.before));
        let most = due(self.before.saturating_duration_since(earlier.after));
        let done = self.run + self.left_out - earlier.run - earlier.left_out;
        (least - BEHIND_MAX..=most + BEHIND_MAX).contains(&done)
    }
}

impl Server {
    /// Begins to count the ticks of the room: from a moment at which it was not behind.
    pub(crate) fn begin_to_count(&self) -> Reading {
        eventually("the room has run as many ticks as its rate asks for", || {
            let first = Reading::of(self);
            self.ticks(8);
            Reading::of(self).accounts_since(&first).then_some(first)
        })
    }

    /// Asserts that the room has run each tick since then, or says that it has left it out.
    pub(crate) fn has_run_or_said_each_tick_since(&self, began: &Reading) {
        let what = "each tick since then has been run, or is said to be left out";
        eventually(what, || Reading::of(self).accounts_since(began).then_some(()));
    }
}

#[test]
fn a_gap_of_which_nothing_is_said_is_found() {
    let start = Instant::now();
    let at = |ms: u64, run: f64, left_out: f64| {
        let [after, before] = [0, 4].map(|more| start + Duration::from_millis(ms + more));
        Reading { after, before, run, left_out, tick_hz: 30.0 }
    };
    let began = at(0, 1_000.0, 7.0);
    for (run, left_out, holds) in [
        (1_300.0, 7.0, true),
        // It was away for three seconds, and says so.
        (1_210.0, 97.0, true),
        (1_213.0, 92.0, true),
        // It does not, or says too little.
        (1_210.0, 7.0, false),
        (1_210.0, 87.0, false),
        // It says that it has left out ticks that it has run.
        (1_300.0, 97.0, false),
    ] {
        assert_eq!(at(10_000, run, left_out).accounts_since(&began), holds, "{run} {left_out}");
    }
}
