//! Players without a person, to load the server with.

use std::process::ExitCode;

use starter::Rules;

fn main() -> ExitCode {
    drumbeat_bots::main::<Rules>(drumbeat_bots::random)
}
