//! The server of the bundled game, without its page.

use std::process::ExitCode;

use drumbeat_arena::Arena;
use drumbeat_server::{Page, Program};

fn main() -> ExitCode {
    let map = include_str!("../../assets/maps/belt.toml");
    Program::new("arena", Page::none()).map("belt", map).run::<Arena>()
}
