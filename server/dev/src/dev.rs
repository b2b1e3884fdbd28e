//! `drumbeat dev`: builds, serves, and does so anew with every change.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use drumbeat_process::{Endings, files};

use crate::console::{complain, say};
use crate::project::{Project, build_core};
use crate::running::Running;

/// How often the sources are looked at. What is saved in two parts may be built twice.
const GLANCE: Duration = Duration::from_millis(250);

/// Build and serve the game in this folder, and do so anew with every change
///
/// When sources change, the page's core and the server are built and the server is started again;
/// if they do not compile, the server that runs stays. Open pages reload by themselves, also when
/// only a file of the page has changed. Ctrl-C ends everything.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The folder with the page
    #[arg(long, value_name = "FOLDER", default_value = "page")]
    page: PathBuf,

    /// Build an optimised server
    #[arg(long)]
    release: bool,

    /// Arguments for the server, after --
    #[arg(last = true, value_name = "ARGUMENT")]
    server: Vec<OsString>,
}

/// Builds and serves until a signal ends it.
pub(crate) fn dev(options: &Options) -> Result<(), String> {
    // A second signal ends this at once. The terminal passes each on to what runs.
    let endings = Endings::listen(|| std::process::exit(i32::from(drumbeat_process::AT_ONCE)))
        .map_err(|error| format!("cannot wait for signals: {error}"))?;
    let follow = endings.watch();
    let stop = || *follow.borrow();
    let project = Project::here()?;
    let mut server = None;
    while !stop() {
        let seen = files::revision(&project.sources);
        if build(&project, options, &stop) {
            // The old one first: both want the same port.
            drop(server.take());
            let mut command = Command::new(project.server(options.release));
            command.arg("--page").arg(&options.page).args(&options.server);
            server = Some(Running::start(&mut command)?);
        } else if !stop() {
            let rest = if server.is_some() { "; the server runs on as it was" } else { "" };
            say(&format!("\n  dev    waits for a change{rest}\n"));
        }
        while !stop() && !has_changed(&project, seen) {
            if let Some(status) = server.as_mut().and_then(Running::ended) {
                server = None;
                complain(&format!("the server has ended ({status}); a change starts it again"));
            }
        }
    }
    Ok(())
}

/// Builds server and core; says whether both are built.
fn build(project: &Project, options: &Options, stop: &impl Fn() -> bool) -> bool {
    let steps =
        [("the server", project.build_server(options.release)), ("the page's core", build_core())];
    for (what, mut command) in steps {
        if stop() {
            return false;
        }
        say(&format!("  dev    builds {what}"));
        let done = Running::start(&mut command).map(|running| running.wait(stop));
        match done {
            Ok(Some(status)) if status.success() => {}
            Ok(_) => return false,
            Err(error) => {
                complain(&error);
                return false;
            }
        }
    }
    true
}

/// Waits a moment; says whether the sources have changed, and have been left alone since.
fn has_changed(project: &Project, seen: u64) -> bool {
    let before = files::revision(&project.sources);
    sleep(GLANCE);
    before != seen && files::revision(&project.sources) == before
}
