//! The server of a game that has nothing but rules.

use std::process::ExitCode;

use drumbeat_server::Page;
use drumbeat_shared::toy::Toy;

fn main() -> ExitCode {
    drumbeat_server::main::<Toy>(Page::none())
}
