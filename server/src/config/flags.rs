//! The command line: `Settings` as flags, the texts around them, and what is given.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Command, CommandFactory, FromArgMatches, Parser};
use toml::Table;

use super::settings::Settings;
use crate::program::{ENGINE_VERSION, Program};

/// The end of `--help`.
const MORE: &str = "\
Example, for a network and two hundred players:
  {name} --listen 0.0.0.0:7777 --capacity 200 --tick-hz 20

Every setting is a flag, an environment variable and a key of the configuration file: --tick-hz \
20, {PREFIX}TICK_HZ=20 and tick-hz = 20 mean the same. Flags override variables, variables the \
file, the file the defaults. An empty variable counts as not set. An unknown {PREFIX}... variable \
is an error, except those that container systems set for a service called {name}: \
..._SERVICE_HOST, ..._SERVICE_PORT, ..._SERVICE_PORT_NAME, ..._PORT=tcp://..., ..._PORT_1_TCP and \
the like.

SIGINT (Ctrl-C), SIGTERM, SIGQUIT and SIGHUP shut the server down cleanly: it notifies the players \
and closes their connections, within ten seconds. Another signal, a second or more after the \
first, ends it at once. Under nohup it ignores SIGHUP.

Exit codes: 0 clean shutdown; 1 the server could not start (the port is taken, or the system \
allows too few files, threads or memory); 2 a setting, the configuration file or the map is wrong; \
130 ended at once.";

// No comment on this type: clap would take it for the program's description.
#[derive(Debug, Parser)]
#[command(max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) settings: Settings,

    /// TOML file with settings, named like the flags
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Print the effective settings as TOML with their sources, then exit
    #[arg(long)]
    pub(super) print_config: bool,
}

/// The command line of this program.
pub(super) fn command(program: &Program) -> Command {
    let more = MORE.replace("{name}", program.name).replace("{PREFIX}", &program.prefix());
    let more = [more.as_str(), program.more].join("\n\n");
    let command = Cli::command()
        .name(program.name)
        .version(program.version.unwrap_or(ENGINE_VERSION))
        .about(program.about.clone())
        .after_help(more.trim_end().to_owned());
    match program.map {
        Some((name, _)) => command
            .mut_arg("map", |map| map.help(format!("Map to play on [default: {name}, built in]"))),
        None => command,
    }
}

/// Parses a command line; the table holds only what it sets.
pub(super) fn given(
    program: &Program,
    args: impl IntoIterator<Item = String>,
) -> Result<(Cli, Table), clap::Error> {
    let matches = command(program).try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let given = table(&cli.settings)
        .into_iter()
        .filter(|(key, _)| {
            matches.value_source(&key.replace('-', "_")) == Some(ValueSource::CommandLine)
        })
        .collect();
    Ok((cli, given))
}

/// The settings as the keys of a configuration file.
pub(super) fn table(settings: &Settings) -> Table {
    Table::try_from(settings).expect("settings are a table of plain values")
}
