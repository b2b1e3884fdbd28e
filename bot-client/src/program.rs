//! What the swarm's program and the benchmark's have in common: how they begin, how they fail.

use std::io::Write;
use std::process::ExitCode;

use drumbeat_process::AT_ONCE;
use drumbeat_process::limits::memory_for_threads;

use crate::aside::say;

/// Exit code: a view mismatch, an unexpected disconnect, a failed join, an undocumented answer.
pub const FAILED: u8 = 1;
/// Exit code: the run could not be done. The same as for wrong arguments.
pub const NOT_RUN: u8 = 2;

/// Threads of the smallest swarm, those of the signals and of what is shown included.
const THREADS_MIN: usize = 3;

/// Prepares the process; to be called before anything else.
///
/// # Errors
/// With the exit code, when the system allows too little memory. The reason is said.
pub fn begin() -> Result<(), ExitCode> {
    // First of all: a process that is refused memory later is aborted.
    if let Err(little) = memory_for_threads(THREADS_MIN) {
        // Nothing is left to be done when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "error: {little}");
        return Err(ExitCode::from(NOT_RUN));
    }
    // A bot that panics must not wait for standard error.
    std::panic::set_hook(Box::new(|panic| say(&panic.to_string())));
    Ok(())
}

/// Says why there is no report. Returns the exit code.
pub fn fail(error: &str, is_interrupt: bool) -> ExitCode {
    say(&format!("error: {error}"));
    ExitCode::from(if is_interrupt { AT_ONCE } else { NOT_RUN })
}
