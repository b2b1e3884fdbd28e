//! The log: `tracing` to standard error, for people or as JSON lines.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging for the whole process; does nothing if it has been started before.
///
/// `filter` is a level (`error`, `warn`, `info`, `debug`, `trace`) or a list of `target=level`.
///
/// # Errors
/// When `filter` is not one.
pub fn start(format: Format, filter: &str) -> Result<(), ParseError> {
    let builder =
        tracing_subscriber::fmt().with_env_filter(parse_filter(filter)?).with_writer(stderr);
    // A second start in one process (tests) keeps the first.
    let _ = match format {
        Format::Text => builder.with_target(false).with_ansi(stderr().is_terminal()).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Reads a filter.
///
/// # Errors
/// When it is not a level or a list of `target=level`.
pub fn parse_filter(filter: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(filter)
}
