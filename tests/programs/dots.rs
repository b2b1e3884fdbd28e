//! The server of another game than the bundled one: its own name, page and map.

use std::process::ExitCode;

use drumbeat_server::{Program, page};
use drumbeat_shared::toy::Toy;

fn main() -> ExitCode {
    Program::new("dots", page!("../server/tests/page")).map("plain", "1").run::<Toy>()
}
