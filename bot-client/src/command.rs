//! The swarm's command line for any game: arguments in, progress and report out, and an exit code.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use drumbeat_process::{AT_ONCE, Endings};
use drumbeat_shared::game::Game;

use crate::brains::Brains;
use crate::definitions::definitions;
use crate::live::{Live, Outcome};
use crate::options::{Options, PROGRAM};
use crate::program::{self, FAILED};
use crate::progress::Screen;
use crate::report::Report;
use crate::report_file;
use crate::soak_command;
use crate::swarm::{RunError, run};

/// The whole program of a game's swarm. `brains` is what its bots can be asked to do: a function
/// that makes a brain from a seed, [`crate::random()`] for a game without one, or a list with names.
///
/// Returns 0 if all was well, 1 if something failed during the run, 2 if there was no run, 130 if a
/// signal ended it. Call it first in the program, and only once: it listens to the system's signals
/// and takes over the panic hook.
pub fn main<G: Game>(brains: impl Into<Brains<G>>) -> ExitCode {
    if let Err(code) = program::begin() {
        return code;
    }
    play(&brains.into(), &[])
}

/// Plays one of these games, the one of these brains; there are none if the program has only one.
pub(crate) fn play<G: Game>(brains: &Brains<G>, games: &[&'static str]) -> ExitCode {
    let command = Options::command_for(&program_name(), &brains.choices());
    let command = Options::with_games(command, games);
    let mut args: Vec<_> = std::env::args_os().collect();
    if args.get(1).is_some_and(|word| word == "soak") {
        args.remove(1);
        return soak_command::play(command, brains, args);
    }
    let options = Options::parse_by(command, args);
    let options = options.unwrap_or_else(|said| said.exit());
    if options.help_json {
        // A reader that closes standard output has seen enough.
        let _ = writeln!(std::io::stdout().lock(), "{}", definitions());
        return ExitCode::SUCCESS;
    }
    match launch(&options, brains) {
        Ok(report) if report.is_success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(FAILED),
        Err(error) => {
            let is_interrupt = matches!(error.downcast_ref(), Some(RunError::Interrupted));
            program::fail(&error.to_string(), is_interrupt)
        }
    }
}

/// What this program is called.
fn program_name() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_stem().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| PROGRAM.to_owned())
}

fn launch<G: Game>(options: &Options, brains: &Brains<G>) -> Result<Report, Box<dyn Error>> {
    let endings = Endings::listen(|| std::process::exit(i32::from(AT_ONCE)))?;
    if let Some(path) = &options.json {
        report_file::check(path)?;
    }
    let brain = brains.choose(options)?;
    let title = format!("{} bots at {}", options.bots, options.url);
    let live = options.page.map(|address| Live::open(address, "swarm", &title));
    let mut live = live.transpose()?;
    let screen = Screen::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let show = |progress: &_| {
        screen.show(progress);
        live.iter_mut().for_each(|live| live.show(progress));
    };
    let result = runtime.block_on(run(options, brain, show, endings.asked()));
    screen.clear();
    if let Some(live) = live {
        live.end(result.as_ref().map(Outcome::of).map_err(ToString::to_string));
    }
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
