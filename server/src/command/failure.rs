//! Why there is no server.

use std::fmt::Display;
use std::process::ExitCode;

use crate::telemetry::logging;

/// Exit code for wrong settings, as clap uses it for flags.
pub(super) const WRONG_SETTINGS: u8 = 2;
/// Exit code for a server that could not start.
pub(super) const NOT_STARTED: u8 = 1;

/// Why there is no server, as text for people, and the exit code.
pub(super) struct Failure {
    pub(super) code: u8,
    pub(super) text: String,
}

impl Failure {
    pub(super) fn wrong(text: String) -> Self {
        Self { code: WRONG_SETTINGS, text }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { code: NOT_STARTED, text }
    }
}

/// Says it, and returns the exit code.
pub(super) fn fail(error: &dyn Display, code: u8) -> ExitCode {
    logging::complain(&format!("error: {error}\n"));
    ExitCode::from(code)
}
