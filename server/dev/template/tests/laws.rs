//! The laws that any rules must keep, tried over many seeds, and a rule of this game.

use drumbeat_kit::Room;
use drumbeat_shared::typed::{Angle, Game};
use starter::{Keys, Rules, Runner};

drumbeat_kit::laws!(Rules, core = "page/core.wasm");

/// How far south the first runner is.
fn south(room: &Room<Rules>) -> i32 {
    let (_, runner) = room.game().world().iter::<Runner>().next().expect("somebody plays");
    runner.place.y
}

#[test]
fn a_runner_runs_where_its_player_steers() {
    let mut room = Room::<Rules>::new();
    let ann = room.join("Ann");
    let before = south(&room);
    room.hold(ann, Keys { heading: Angle(64), runs: true });
    room.step();
    assert!(south(&room) > before);
}
