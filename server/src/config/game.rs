//! The settings of a game's own beside those of the engine.

use clap::{Arg, ArgAction, Args, Command, value_parser};

use super::error::ConfigError;

/// The heading, in the help, of a game's settings that name none.
const HEADING: &str = "Game";

/// The settings that a game has if nobody sets any.
///
/// # Panics
/// When a setting has neither a default nor an `Option`.
#[must_use]
pub fn defaults<S: Args>() -> S {
    let command = S::augment_args(Command::new("defaults"));
    let matches = command.get_matches_from(["defaults"]);
    S::from_arg_matches(&matches).expect("every setting is optional or has a default")
}

/// Adds a game's settings to the engine's command line.
pub(super) fn with_settings_of<S: Args>(engine: Command) -> Result<Command, ConfigError> {
    let game = S::augment_args(Command::new("game"));
    for arg in game.get_arguments() {
        check(&engine, arg)
            .map_err(|reason| ConfigError::Game { setting: arg.get_id().to_string(), reason })?;
    }
    let ids: Vec<_> = game.get_arguments().map(|arg| arg.get_id().clone()).collect();
    let command = S::augment_args(engine.next_help_heading(HEADING));
    Ok(command.mut_args(|arg| if ids.contains(arg.get_id()) { valued(arg) } else { arg }))
}

/// What keeps an argument from being a setting beside those of the engine.
fn check(engine: &Command, arg: &Arg) -> Result<(), String> {
    let Some(long) = arg.get_long() else {
        return Err("it has no name as a flag; give it #[arg(long)]".to_owned());
    };
    if ["help", "version", "game"].contains(&long) {
        return Err(format!("--{long} is the server's own flag; rename the game's"));
    }
    let is_same = |other: &&Arg| other.get_long() == Some(long) || other.get_id() == arg.get_id();
    if let Some(other) = engine.get_arguments().find(is_same) {
        let help = |arg: &Arg| arg.get_help().map_or(String::new(), ToString::to_string);
        return Err(format!(
            "--{long} is both the game's (\"{}\") and the server's (\"{}\"); rename the game's",
            help(arg),
            help(other)
        ));
    }
    if arg.get_num_args().is_some_and(|count| count.max_values() > 1) {
        return Err("it takes several values at once; use value_delimiter = ','".to_owned());
    }
    Ok(())
}

/// A switch takes a value, too, as a variable and a key must: `--night` is `--night=true`.
fn valued(arg: Arg) -> Arg {
    match arg.get_action() {
        ArgAction::SetTrue => arg
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .value_parser(value_parser!(bool))
            .default_value("false")
            .default_missing_value("true"),
        _ => arg,
    }
}
