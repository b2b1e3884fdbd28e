//! The swarm of the bundled game.

use std::process::ExitCode;

use drumbeat_bots::{Games, arena};

fn main() -> ExitCode {
    Games::new(arena::brains()).run()
}
