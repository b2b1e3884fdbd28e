//! The settings of a game's own beside those of the engine.

#[cfg(test)]
mod tests;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, Command, value_parser};

use super::error::{ConfigError, first_paragraph};

/// The heading, in the help, of a game's settings that name none.
const HEADING: &str = "Game";
/// The flags, and the arguments of these names, that every server has beside its settings.
const SERVERS: [&str; 3] = ["help", "version", "game"];
/// The short forms of these flags.
const SERVERS_SHORT: [char; 2] = ['h', 'V'];

/// The settings that a game has if nobody sets any.
///
/// # Panics
/// When a setting has neither a default nor an `Option`; the text names it.
#[must_use]
pub fn defaults<S: Args>() -> S {
    let command = S::augment_args(Command::new("defaults"));
    let matches = command.try_get_matches_from(["defaults"]);
    let settings = matches.and_then(|matches| S::from_arg_matches(&matches));
    settings.unwrap_or_else(|error| panic!("no settings by default: {}", advice(&error)))
}

/// What the author of settings without defaults can do.
fn advice(error: &clap::Error) -> String {
    match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(args))) => {
            let flags: Vec<_> = args.iter().filter_map(|arg| arg.split(' ').next()).collect();
            format!(
                "give {} a default or make it an Option that may be missing",
                flags.join(" and ")
            )
        }
        _ => first_paragraph(error),
    }
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
    if arg.get_long().is_none() {
        return Err("it has no name as a flag; give it #[arg(long)]".to_owned());
    }
    check_names(engine, arg)?;
    if arg.get_num_args().is_some_and(|count| count.max_values() > 1) {
        return Err("it takes several values at once; use value_delimiter = ','".to_owned());
    }
    match arg.get_action() {
        ArgAction::Set | ArgAction::Append | ArgAction::SetTrue => Ok(()),
        ArgAction::Count => Err("it counts how often it is given; make it a number".to_owned()),
        ArgAction::SetFalse => {
            Err("it is false when it is given; make it a bool that is true then".to_owned())
        }
        _ => Err("it does not take a value; leave out its action".to_owned()),
    }
}

/// Refuses names that the server has given away.
fn check_names(engine: &Command, arg: &Arg) -> Result<(), String> {
    let id = arg.get_id().as_str();
    if SERVERS.contains(&id) {
        return Err(format!("{id} is the server's own name; rename the field"));
    }
    let (longs, shorts) = (all_longs(arg), all_shorts(arg));
    if let Some(long) = longs.iter().find(|long| SERVERS.contains(long)) {
        return Err(format!("--{long} is the server's own flag; rename the game's"));
    }
    if let Some(short) = shorts.iter().find(|short| SERVERS_SHORT.contains(short)) {
        return Err(format!("-{short} is the server's own flag; give the game's another letter"));
    }
    let is_same = |other: &&Arg| {
        other.get_id() == arg.get_id()
            || all_longs(other).iter().any(|long| longs.contains(long))
            || all_shorts(other).iter().any(|short| shorts.contains(short))
    };
    let Some(other) = engine.get_arguments().find(is_same) else {
        return Ok(());
    };
    let help = |arg: &Arg| arg.get_help().map_or(String::new(), ToString::to_string);
    Err(format!(
        "--{} is both the game's (\"{}\") and the server's (\"{}\"); rename the game's",
        other.get_long().unwrap_or(id),
        help(arg),
        help(other)
    ))
}

/// All names of an argument as a flag.
fn all_longs(arg: &Arg) -> Vec<&str> {
    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default()).collect()
}

/// All letters of an argument as a flag.
fn all_shorts(arg: &Arg) -> Vec<char> {
    arg.get_short().into_iter().chain(arg.get_all_short_aliases().unwrap_or_default()).collect()
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
