//! The command line: arguments in, progress and report out, and an exit code.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use drumbeat_bots::program::{self, FAILED, NOT_RUN};
use drumbeat_bots::report_file;
use drumbeat_process::{AT_ONCE, Endings};

use crate::bench;
use crate::harness::BenchError;
use crate::options::{self, BenchOptions};

/// The server's allocator, used for the same reason: thousands of players.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    if let Err(code) = program::begin() {
        return code;
    }
    measure(&BenchOptions::parse()).unwrap_or_else(|error| {
        let is_interrupt = matches!(error.downcast_ref(), Some(BenchError::Interrupted));
        program::fail(&error.to_string(), is_interrupt)
    })
}

fn measure(options: &BenchOptions) -> Result<ExitCode, Box<dyn Error>> {
    if options.list {
        write!(std::io::stdout().lock(), "{}", options::list())?;
        return Ok(ExitCode::SUCCESS);
    }
    let (end_now, mut ended) = tokio::sync::oneshot::channel();
    let endings = Endings::listen(move || {
        // This fails only if the benchmark has already ended.
        let _ = end_now.send(());
    })?;
    for path in [&options.json, &options.html].into_iter().flatten() {
        report_file::check(path)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let summary = runtime.block_on(async {
        tokio::select! {
            summary = bench::run(options, endings.watch()) => summary,
            // Dropping the run ends the running server.
            Ok(()) = &mut ended => Err(BenchError::Interrupted),
        }
    });
    // A floor still being measured ends with the process.
    runtime.shutdown_background();
    let summary = summary?;
    bench::write(options, &summary)?;
    if summary.is_interrupted() {
        return Ok(ExitCode::from(AT_ONCE));
    }
    Ok(match (summary.is_success(), summary.is_complete()) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(NOT_RUN),
        (false, _) => ExitCode::from(FAILED),
    })
}
