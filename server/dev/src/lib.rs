//! What an author runs beside the game: `drumbeat new` writes a project, `drumbeat dev` builds and
//! serves it anew with every change.
//!
//! `template` and `name` are what `new` writes; `console` is what people are told; `project` and
//! `running` are what `dev` builds and runs.

mod console;
mod dev;
mod name;
mod new;
mod project;
mod running;
mod template;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a program's help says of these commands.
pub const HELP: &str = "\
Commands for a game of your own (docs/your-game.md):
  drumbeat new FOLDER   write the project of a new game into a new folder
  drumbeat dev          in that folder: build, serve, and do so anew with every change
`drumbeat new --help` and `drumbeat dev --help` say more.";

#[derive(Parser)]
#[command(name = "drumbeat", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    New(new::Options),
    Dev(dev::Options),
}

/// Runs the command that these arguments name, program first; `None` if they name none of this
/// crate.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let named = arguments.get(1).and_then(|first| first.to_str());
    if !matches!(named, Some("new" | "dev")) {
        return None;
    }
    let result = match Cli::parse_from(arguments).command {
        Command::New(options) => new::new(&options),
        Command::Dev(options) => dev::dev(&options),
    };
    Some(match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::complain(&error);
            ExitCode::FAILURE
        }
    })
}
