//! What the programs of the swarm and of the benchmark share: how they start and how they fail.

use std::io::Write;
use std::process::ExitCode;

use drumbeat_process::AT_ONCE;
use drumbeat_process::limits::memory_for_threads;

use crate::aside::say;

/// Exit code: a view mismatch, an unexpected disconnect, a failed join, an undocumented answer.
pub const FAILED: u8 = 1;
/// Exit code: no run was possible. Wrong arguments have the same code.
pub const NOT_RUN: u8 = 2;

/// Threads of the smallest swarm, including the signal thread and the output thread.
const THREADS_MIN: usize = 3;

/// Prepares the process; call it before anything else.
///
/// # Errors
/// Returns the exit code when the system allows too little memory, after printing the reason.
pub fn begin() -> Result<(), ExitCode> {
    // This comes first: a process that is refused memory later aborts.
    if let Err(little) = memory_for_threads(THREADS_MIN) {
        // If standard error is closed, nothing can be done.
        let _ = writeln!(std::io::stderr().lock(), "error: {little}");
        return Err(ExitCode::from(NOT_RUN));
    }
    // A bot that panics must not wait for standard error.
    std::panic::set_hook(Box::new(|panic| say(&panic.to_string())));
    Ok(())
}

/// Prints why there is no report. Returns the exit code.
pub fn fail(error: &str, is_interrupt: bool) -> ExitCode {
    say(&format!("error: {error}"));
    ExitCode::from(if is_interrupt { AT_ONCE } else { NOT_RUN })
}
