//! The swarm's command line: arguments in, progress and report out, an exit code that tells.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use drumbeat_bots::brains::Pilot;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::Screen;
use drumbeat_bots::report::Report;
use drumbeat_bots::swarm::{RunError, run};

/// A view mismatch, an unexpected disconnect, a failed join, an undocumented answer.
const FAILED: u8 = 1;
/// The run could not be done. The same as for wrong arguments.
const NOT_RUN: u8 = 2;
/// Ctrl-C before the window began: 128 and the signal's number, as shells have it.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let options = Options::parse();
    match launch(&options) {
        Ok(report) if report.is_success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FAILED),
        Err(error) => {
            // Nothing is left to be done when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error}");
            let interrupted = matches!(error.downcast_ref(), Some(RunError::Interrupted));
            ExitCode::from(if interrupted { INTERRUPTED } else { NOT_RUN })
        }
    }
}

fn launch(options: &Options) -> Result<Report, Box<dyn std::error::Error>> {
    // Opened first: a wrong path should not cost a whole run.
    let json = options.json.as_deref().map(create).transpose()?;
    let mut screen = Screen::default();
    let kind = options.brain;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let brain = move |seed| Pilot::new(kind, seed);
    let result = runtime.block_on(run(options, brain, |progress| screen.show(progress), interrupt));
    screen.clear();
    let report = result?;
    if let Some(mut file) = json {
        serde_json::to_writer_pretty(&mut file, &report)?;
        writeln!(file)?;
    }
    match write!(std::io::stdout().lock(), "{report}") {
        // Whoever reads it has seen enough, as `head` has.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error)?,
        _ => {}
    }
    Ok(report)
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
