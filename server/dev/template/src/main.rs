//! The server.

use std::process::ExitCode;

use drumbeat_server::page;
use starter::Rules;

fn main() -> ExitCode {
    drumbeat_server::main::<Rules>(page!("page"))
}
