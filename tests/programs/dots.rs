//! The server of another game than the bundled ones: its own name, page, map and settings.

use std::process::ExitCode;

use drumbeat_server::{Program, page};
use drumbeat_tests::puppet::Puppet;

fn main() -> ExitCode {
    Program::new("dots", page!("../server/tests/page")).map("plain", "1").run::<Puppet>()
}
