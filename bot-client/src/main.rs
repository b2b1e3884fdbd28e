//! The swarm of Arena, the bundled game.

use std::process::ExitCode;

use drumbeat_arena::Arena;
use drumbeat_bots::arena;

/// The server's allocator, used for the same reason: thousands of players.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    drumbeat_bots::main::<Arena>(arena::brains())
}
