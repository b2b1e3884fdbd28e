//! The command line, by which every layer is read: a setting from the environment or the file is
//! checked as its flag would be.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};

use super::error::ConfigError;
use super::game::with_settings_of;
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

SIGINT (Ctrl-C), SIGTERM, SIGQUIT and SIGHUP shut the server down cleanly: after --drain-s seconds it \
notifies the players and closes their connections, within ten more. During the drain, another signal \
(a second or more after the one before) cuts it short; after it, another ends the server at once, and \
nobody is notified. Under nohup it \
ignores SIGHUP; with --tls-cert SIGHUP only makes it read the certificate anew.

Tickets say who somebody is: `{name} token --help` makes keys and tickets to try that out.

Exit codes: 0 clean shutdown; 1 the server could not start (the port is taken, or the system \
allows too few files, threads or memory); 2 a setting, the configuration file or the map is wrong; \
130 ended at once.";

/// What is asked for beside the settings.
#[derive(Debug, Args)]
#[group(skip)]
struct Switches {
    /// TOML file with settings, named like the flags
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the effective settings as TOML with their sources, then exit
    #[arg(long)]
    print_config: bool,
}

/// The flags that are no settings.
const SWITCHES: [&str; 4] = ["config", "help", "print-config", "version"];

/// The settings that somebody sets: of each flag, the values as texts.
pub(super) type Layer = BTreeMap<String, Vec<String>>;

/// The command line of a program.
pub(super) struct Flags {
    name: &'static str,
    /// The game that is served, where the program has several.
    game: Option<&'static str>,
    command: Command,
}

impl Flags {
    /// The command line of this program, for a game with the settings `S`.
    pub(super) fn of<S: Args>(program: &Program) -> Result<Self, ConfigError> {
        let more = MORE.replace("{name}", program.name).replace("{PREFIX}", &program.prefix());
        let more = [more.as_str(), program.more].join("\n\n");
        let engine = Switches::augment_args(Settings::augment_args(Command::new(program.name)));
        // Texts come last: a comment on the game's type would replace the program's description.
        let mut command = with_settings_of::<S>(engine.max_term_width(100))?
            .version(program.version.unwrap_or(ENGINE_VERSION))
            .about(program.about.clone())
            .after_help(more.trim_end().to_owned());
        if let [first, .., last] = program.games.as_slice() {
            command = command.arg(
                Arg::new("game")
                    .long("game")
                    .value_name("NAME")
                    .help_heading("Game")
                    .display_order(0)
                    .help(format!("Game to serve. Each has its own settings: --game {last} --help"))
                    .value_parser(PossibleValuesParser::new(program.games.iter().copied()))
                    .default_value(*first),
            );
        }
        command =
            command.mut_arg("tick_hz", |rate| rate.default_value(program.tick_hz.to_string()));
        if let Some((name, _)) = program.map {
            let help = format!("Map to play on [default: {name}, built in]");
            command = command.mut_arg("map", |map| map.help(help));
        }
        Ok(Self { name: program.name, game: program.game, command })
    }

    /// Reads a command line, whose first word is the program's name.
    pub(super) fn read(&self, args: &[String]) -> Result<Given, clap::Error> {
        let matches = match self.command.clone().try_get_matches_from(args) {
            // Each is right by itself. What they demand of others may be in another layer, so that
            // is checked when all are combined.
            Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
                self.command.clone().ignore_errors(true).try_get_matches_from(args)
            }
            matches => matches,
        };
        let matches = matches.map_err(|error| self.with_help_of_the_game(error))?;
        let is_set = |arg: &&Arg| {
            matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        Ok(Given {
            layer: self
                .settings()
                .filter(|(_, arg)| is_set(arg))
                .map(|(flag, arg)| (flag.to_owned(), texts(&matches, arg)))
                .collect(),
            config: matches.get_one("config").cloned(),
            print: matches.get_flag("print_config"),
        })
    }

    /// Reads one flag with these values.
    pub(super) fn read_one(&self, flag: &str, values: &[String]) -> Result<Given, clap::Error> {
        self.read(&self.line([(flag, values)]))
    }

    /// Reads all settings at once, with the defaults of those that are not set.
    pub(super) fn combine(&self, layer: &Layer) -> Result<ArgMatches, clap::Error> {
        let set = layer.iter().map(|(flag, values)| (flag.as_str(), values.as_slice()));
        self.command.clone().try_get_matches_from(self.line(set))
    }

    /// Every setting: its flag without the dashes, and the argument.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &Arg)> {
        let flags = self.command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg)));
        flags.filter(|(flag, _)| !SWITCHES.contains(flag))
    }

    /// Whether the setting of this flag can have many values.
    pub(super) fn is_list(&self, flag: &str) -> bool {
        self.settings().any(|(name, arg)| name == flag && is_list(arg))
    }

    /// The flag that this most likely means, both without dashes.
    pub(super) fn nearest(&self, flag: &str) -> Option<String> {
        // What other servers call this setting.
        if ["port", "host", "address", "addr", "bind"].contains(&flag) {
            return Some("listen".to_owned());
        }
        let error = self.read_one(flag, &[String::new()]).err()?;
        match error.get(ContextKind::SuggestedArg)? {
            ContextValue::String(suggested) => suggested.strip_prefix("--").map(str::to_owned),
            _ => None,
        }
    }

    /// What is said of a name that is not a setting's; `meant` is the nearest one that is.
    pub(super) fn not_a_setting(&self, meant: Option<String>) -> String {
        let of = self.game.map_or(String::new(), |game| format!(" of {game}"));
        let advice = meant.map_or_else(
            || format!("{} lists them", self.help()),
            |meant| format!("did you mean {meant}?"),
        );
        format!("not a setting{of}; {advice}")
    }

    /// The command that lists the settings.
    fn help(&self) -> String {
        let game = self.game.map_or(String::new(), |game| format!(" --game {game}"));
        format!("{}{game} --help", self.name)
    }

    /// Adds to an unknown flag which game's flags there are: clap's own advice is `--help` alone.
    fn with_help_of_the_game(&self, mut error: clap::Error) -> clap::Error {
        if let (Some(game), ErrorKind::UnknownArgument) = (self.game, error.kind()) {
            let tip = format!("{} lists the settings of {game}", self.help());
            let tips = ContextValue::StyledStrs(vec![tip.into()]);
            error.insert(ContextKind::Suggested, tips);
        }
        error
    }

    fn line<'a>(&self, set: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Vec<String> {
        let one = |(flag, values): (&str, &'a [String])| {
            let flag = format!("--{flag}=");
            values.iter().map(move |value| flag.clone() + value)
        };
        [self.name.to_owned()].into_iter().chain(set.into_iter().flat_map(one)).collect()
    }
}

/// What a command line asks for.
pub(super) struct Given {
    pub(super) layer: Layer,
    pub(super) config: Option<PathBuf>,
    pub(super) print: bool,
}

/// The values of an argument as texts, those of a default included.
pub(super) fn texts(matches: &ArgMatches, arg: &Arg) -> Vec<String> {
    let raw = matches.get_raw(arg.get_id().as_str());
    raw.into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect()
}

/// Whether an argument can have many values.
pub(super) fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}
