//! The swarm's command line: arguments in, progress and report out, and an exit code.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use drumbeat_bots::arena::Pilot;
use drumbeat_bots::definitions::definitions;
use drumbeat_bots::options::Options;
use drumbeat_bots::program::{self, FAILED};
use drumbeat_bots::progress::Screen;
use drumbeat_bots::report::Report;
use drumbeat_bots::report_file;
use drumbeat_bots::swarm::{RunError, run};
use drumbeat_process::{AT_ONCE, Endings};

/// The server's allocator, used for the same reason: thousands of players.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Err(code) = program::begin() {
        return code;
    }
    let options = Options::parse();
    if options.help_json {
        // A reader that closes standard output has seen enough.
        let _ = writeln!(std::io::stdout().lock(), "{}", definitions());
        return ExitCode::SUCCESS;
    }
    match launch(&options) {
        Ok(report) if report.is_success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FAILED),
        Err(error) => {
            let is_interrupt = matches!(error.downcast_ref(), Some(RunError::Interrupted));
            program::fail(&error.to_string(), is_interrupt)
        }
    }
}

fn launch(options: &Options) -> Result<Report, Box<dyn Error>> {
    let endings = Endings::listen(|| std::process::exit(i32::from(AT_ONCE)))?;
    if let Some(path) = &options.json {
        report_file::check(path)?;
    }
    let screen = Screen::default();
    let kind = options.brain;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let brain = move |seed| Pilot::new(kind, seed);
    let show = |progress: &_| screen.show(progress);
    let result = runtime.block_on(run(options, brain, show, endings.asked()));
    screen.clear();
    let report = result?;
    // If the table can't be printed, the file is still written.
    let table = write!(std::io::stdout().lock(), "{report}");
    if let Some(path) = &options.json {
        report_file::write(path, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    match table {
        // A reader that closes the pipe, such as `head`, has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(report),
    }
}
