//! A game's server as a command: settings in, the game served, an exit code out.

mod announce;
mod failure;
mod games;
mod manager;
mod start;
mod token;

use std::fmt::Display;
use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use drumbeat_process::{AT_ONCE, Endings};
use drumbeat_shared::game::Game;
use drumbeat_shared::limits::{TICK_HZ_MAX, TICK_HZ_MIN};

use crate::config::{ConfigError, load};
use crate::machine;
use crate::page::Page;
use crate::program::Program;
use crate::telemetry::logging;

pub use games::Games;

use failure::{Failure, NOT_STARTED, WRONG_SETTINGS, fail};
use start::start;

/// The whole `main` of a game's server: a [`Program`] with the game's name and this page.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use drumbeat_server::page;
/// use drumbeat_shared::toy::Toy;
///
/// fn main() -> ExitCode {
///     drumbeat_server::main::<Toy>(page!("tests/page"))
/// }
/// ```
#[must_use]
pub fn main<G: Game<Settings: Args>>(page: Page) -> ExitCode {
    Program::new(G::NAME, page).run::<G>()
}

impl Program {
    /// Does what the command line, the environment and the configuration file ask for: serves the
    /// game until a signal ends it. With `token` as the first argument it makes keys and tickets
    /// instead. The exit code is 0 after a clean shutdown, 1 if the server could not start or the
    /// ticket lets nobody in, 2 if a setting or the map is wrong.
    #[must_use]
    pub fn run<G: Game<Settings: Args>>(&self) -> ExitCode {
        const {
            let in_range = TICK_HZ_MIN <= G::TICK_HZ && G::TICK_HZ <= TICK_HZ_MAX;
            assert!(in_range, "the game's TICK_HZ is 1 to 128 ticks per second");
        }
        if let Some(done) = token::run(self.name, std::env::args_os()) {
            return match done.map(|text| stdout().write_all(text.as_bytes())) {
                Ok(Ok(())) => ExitCode::SUCCESS,
                Ok(Err(error)) => complain(&error),
                Err(error) => complain(&error),
            };
        }
        let endings = match begin() {
            Ok(endings) => endings,
            Err(error) => return complain(&error),
        };
        let code = serve::<G>(&Self { tick_hz: G::TICK_HZ, ..self.clone() }, &endings);
        logging::finish();
        code
    }
}

/// Says what went wrong without the log, and returns the exit code.
fn complain(error: &dyn Display) -> ExitCode {
    // If this fails, nobody is left to tell.
    let _ = writeln!(stderr(), "error: {error}");
    ExitCode::from(NOT_STARTED)
}

/// Prepares what everything else needs. That is memory, because a process that is refused it
/// aborts; signals, so that one that arrives now also ends the server in order; and the log.
fn begin() -> Result<Endings, String> {
    let advice = "raise the limits of processes (ulimit -u) and of open files (ulimit -n)";
    machine::check_memory().map_err(|little| little.to_string())?;
    let at_once = || {
        logging::finish();
        std::process::exit(i32::from(AT_ONCE));
    };
    let endings = Endings::listen(at_once)
        .map_err(|error| format!("cannot wait for signals: {error}; {advice}"))?;
    logging::open()
        .map_err(|error| format!("cannot start the threads of the log: {error}; {advice}"))?;
    Ok(endings)
}

/// Runs what the settings ask for, to its end.
fn serve<G: Game<Settings: Args>>(program: &Program, endings: &Endings) -> ExitCode {
    let loaded = load(program, std::env::args_os(), std::env::vars_os(), clock_seed());
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(ConfigError::Flags(error)) => error.exit(),
        Err(error) => return fail(&error, WRONG_SETTINGS),
    };
    if loaded.print {
        return match stdout().write_all(loaded.to_toml().as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, NOT_STARTED),
        };
    }
    match start::<G>(program, &loaded, endings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, text }) => fail(&text, code),
    }
}

/// A seed for those who do not care which; short enough to type again.
fn clock_seed() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_micros() as u64) % 1_000_000_000
}
