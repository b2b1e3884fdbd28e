//! The swarm of Arena, the bundled game.

use std::process::ExitCode;

use drumbeat_bots::arena;
use drumbeat_shared::arena::Arena;

/// The server's allocator, used for the same reason: thousands of players.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    drumbeat_bots::main::<Arena>(arena::brains())
}
