//! Runs the chosen scenarios and writes the results.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use drumbeat_bots::aside::say;
use drumbeat_bots::live::Live;
use drumbeat_bots::report_file;
use drumbeat_process::limits;
use tokio::sync::watch;

use crate::harness::{BenchError, Harness};
use crate::machine::Conditions;
use crate::measure::measure;
use crate::options::BenchOptions;
use crate::page;
use crate::pin::Pins;
use crate::scenario::{Caps, Form, Scenario};
use crate::screen::Screen;
use crate::server_process;
use crate::summary::Summary;

/// Runs the chosen scenarios, and shows on a page how far it is. `interrupt` turns true to end the
/// benchmark; the summary then holds what was measured until then.
///
/// # Errors
/// When the benchmark can't run, or was interrupted before it measured anything. The summary holds
/// the failures of scenarios.
pub(crate) async fn run(
    options: &BenchOptions,
    pins: Pins,
    live: Option<Rc<Live>>,
    interrupt: watch::Receiver<bool>,
) -> Result<Summary, BenchError> {
    let program = server_process::find(options.server.as_deref())?;
    let form = Form { quick: options.quick, cores: pins.all.len().max(1), caps: Caps::NONE };
    check_files(&form, &options.chosen())?;
    let conditions = Conditions::note(&program, &pins, options);
    let folder = Folder::make()?;
    let mut harness = Harness {
        program,
        pins,
        floor_ticks: form.floor_ticks(),
        folder: folder.0.clone(),
        interrupt,
        screen: Screen::new(live),
    };
    let chosen = options.chosen();
    let mut outcomes = Vec::new();
    for scenario in &chosen {
        harness.screen.found(outcomes.len(), chosen.len(), || page::so_far(&chosen, &outcomes));
        outcomes.push(measure(scenario, &form, &mut harness).await);
    }
    harness.screen.clear();
    let interrupted = *harness.interrupt.borrow();
    if interrupted && outcomes.iter().all(|outcome| outcome.runs.0.is_empty()) {
        return Err(BenchError::Interrupted);
    }
    Ok(Summary::new(conditions, outcomes, interrupted))
}

/// Checks before the first run: the scenario that opens the most files may be the last.
fn check_files(form: &Form, chosen: &[&Scenario]) -> Result<(), BenchError> {
    // The highest limit that the system allows; the servers inherit it.
    let limit = limits::allow_files(u64::MAX);
    let needs = chosen.iter().map(|scenario| ((scenario.course)(form).open_files(), scenario.name));
    match needs.max() {
        Some((needed, scenario)) if u64::from(needed) > limit => {
            Err(BenchError::OpenFiles { scenario, needed, limit })
        }
        _ => Ok(()),
    }
}

/// A folder of this process, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

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

/// Writes the table to standard output, and the files that the options name.
///
/// # Errors
/// When a file or standard output can't be written.
pub(crate) fn write(options: &BenchOptions, summary: &Summary) -> Result<(), String> {
    let table = write!(std::io::stdout().lock(), "{summary}");
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(summary).map_err(|error| error.to_string())?;
        write_file(path, &(text + "\n"))?;
    }
    if let Some(path) = &options.html {
        write_file(path, &crate::html::page(summary))?;
    }
    match table {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    report_file::write(path, text)?;
    // On standard error, since the table may go to a file. A closed standard error is no failure.
    say(&format!("wrote {}", path.display()));
    Ok(())
}
