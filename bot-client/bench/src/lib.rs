//! The benchmark: one command that starts the server, loads it, measures it against its targets
//! and against the floor of the machine, and ends it.
//!
//! * `command`, `options`: the command line, what can be asked for;
//! * `scenario`: the runs that each name stands for, their `sizes`, their `outcome`; `climb`: those
//!   of `max`; `feel`: those of `feel`;
//! * `harness`: does one run; `load`, `server_process`, `visitors`, `pin`, `process`: its parts;
//!   `run`: what was measured in it;
//! * `floor`: the bare system calls;
//! * `row`: targets and verdicts; `machine`: the conditions; `summary`: all that was found;
//! * `table`, `html`, `plot`: the summary for people.
//!
//! Only on Linux: it counts with epoll and what `/proc` says.

#![cfg(target_os = "linux")]

mod climb;
pub mod command;
mod feel;
mod floor;
mod harness;
mod html;
mod load;
mod machine;
mod options;
mod outcome;
mod pin;
mod plot;
mod process;
mod row;
mod run;
mod scenario;
mod screen;
mod server_process;
mod sizes;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod visitors;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use drumbeat_bots::aside::say;
use drumbeat_bots::report_file;
use drumbeat_process::limits;
use tokio::sync::watch;

use crate::harness::{BenchError, Harness};
use crate::machine::Conditions;
use crate::options::{BenchOptions, Scenario};
use crate::pin::Pins;
use crate::screen::Screen;
use crate::sizes::{FULL, QUICK, Sizes};
use crate::summary::Summary;

/// Runs the scenarios that were asked for. `interrupt` turns true when it shall end; what was
/// measured until then is in the summary.
///
/// # Errors
/// When it could not be run, or was interrupted before anything was measured. What went wrong in a
/// scenario is in the summary.
pub async fn run(
    options: &BenchOptions,
    interrupt: watch::Receiver<bool>,
) -> Result<Summary, BenchError> {
    let program = server_process::find(options.server.as_deref())?;
    let sizes = if options.quick { QUICK } else { FULL };
    check_files(&sizes, &options.chosen())?;
    let pins = Pins::choose();
    let conditions = Conditions::note(&program, &pins, options);
    let folder = Folder::make()?;
    let mut harness = Harness {
        program,
        pins,
        floor_ticks: sizes.floor_ticks,
        folder: folder.0.clone(),
        interrupt,
        screen: Screen::default(),
    };
    let mut outcomes = Vec::new();
    for name in options.chosen() {
        outcomes.push(scenario::run(name, &sizes, &mut harness).await);
    }
    harness.screen.clear();
    let interrupted = *harness.interrupt.borrow();
    if interrupted && outcomes.iter().all(|outcome| outcome.runs.is_empty()) {
        return Err(BenchError::Interrupted);
    }
    Ok(Summary::new(conditions, outcomes, interrupted))
}

/// Looks ahead: the scenario that opens the most files may be the last.
fn check_files(sizes: &Sizes, chosen: &[Scenario]) -> Result<(), BenchError> {
    // As many as there may be, for the servers as well.
    let limit = limits::allow_files(u64::MAX);
    let most = chosen.iter().max_by_key(|scenario| sizes.open_files(**scenario));
    let needed = most.map_or(0, |scenario| sizes.open_files(*scenario));
    match most {
        Some(scenario) if u64::from(needed) > limit => {
            Err(BenchError::OpenFiles { scenario: scenario.name(), needed, limit })
        }
        _ => Ok(()),
    }
}

/// A folder of this process alone, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, BenchError> {
        let path = std::env::temp_dir().join(format!("drumbeat-bench-{}", std::process::id()));
        let failed = |reason| BenchError::System { what: "cannot make a folder for maps", reason };
        fs::create_dir_all(&path).map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system clears what stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes the table on standard output, and the files that the options ask for.
///
/// # Errors
/// When a file or standard output can't be written.
pub fn write(options: &BenchOptions, summary: &Summary) -> Result<(), String> {
    let table = write!(std::io::stdout().lock(), "{summary}");
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(summary).map_err(|error| error.to_string())?;
        write_file(path, &(text + "\n"))?;
    }
    if let Some(path) = &options.html {
        write_file(path, &html::page(summary))?;
    }
    match table {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    report_file::write(path, text)?;
    // Told aside, since the table may go into a file. A closed standard error is no failure.
    say(&format!("wrote {}", path.display()));
    Ok(())
}
