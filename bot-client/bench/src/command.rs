//! The command line: arguments in, progress and report out, and an exit code.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::rc::Rc;

use clap::Parser;
use drumbeat_bots::live::Live;
use drumbeat_bots::program::{self, FAILED, NOT_RUN};
use drumbeat_bots::report_file;
use drumbeat_process::{AT_ONCE, Endings};

use crate::bench;
use crate::harness::BenchError;
use crate::machine;
use crate::options::{self, BenchOptions};
use crate::page;
use crate::pin::Pins;

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
    // Before the page's thread starts: it inherits the cores of the swarm.
    let pins = Pins::choose();
    let live = options.page.map(|address| Live::open(address, "bench", &machine::command()));
    let live = live.transpose()?.map(Rc::new);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let summary = runtime.block_on(async {
        tokio::select! {
            summary = bench::run(options, pins, live.clone(), endings.watch()) => summary,
            // Dropping the run ends the running server.
            Ok(()) = &mut ended => Err(BenchError::Interrupted),
        }
    });
    // A floor still being measured ends with the process.
    runtime.shutdown_background();
    // Before the page, which waits for its readers.
    let found = summary.as_ref().map_err(ToString::to_string);
    let written = found.clone().and_then(|summary| bench::write(options, summary));
    if let Some(live) = live.and_then(Rc::into_inner) {
        live.end(written.clone().and(found.map(page::report)));
    }
    let summary = summary?;
    written?;
    if summary.is_interrupted() {
        return Ok(ExitCode::from(AT_ONCE));
    }
    Ok(match (summary.is_success(), summary.is_complete()) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(NOT_RUN),
        (false, _) => ExitCode::from(FAILED),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_taken_is_said_before_the_run() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let options = BenchOptions::parse_from(["bench", "--page", &address]);
        let said = measure(&options).unwrap_err().to_string();
        assert!(said.starts_with("another program listens at 127.0.0.1:"), "{said}");
    }
}
