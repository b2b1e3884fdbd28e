//! The swarm of the bundled games.

use std::process::ExitCode;

use drumbeat_bots::{Games, arena, board, chat, tag};

/// The server's allocator, used for the same reason: thousands of players.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    Games::new(arena::brains()).with(tag::brains()).with(board::brains()).with(chat::brains()).run()
}
