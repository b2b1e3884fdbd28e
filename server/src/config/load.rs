//! Where settings come from: flags override the environment, the environment the file, the file the
//! defaults.
//!
//! Each layer is reduced to the keys that it sets; merged, the layers are the settings.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser};
use toml::Table;

use super::settings::{Seed, Settings};

/// The end of `--help`.
const MORE: &str = "\
Example, for a network and two hundred players:
  drumbeat --listen 0.0.0.0:7777 --capacity 200 --tick-hz 20

Every setting is a flag, an environment variable and a key of the configuration file: --tick-hz \
20, DRUMBEAT_TICK_HZ=20 and tick-hz = 20 mean the same. Flags override variables, variables the \
file, the file the defaults. An empty variable counts as not set. An unknown DRUMBEAT_... variable \
is an error, except those that container systems set for a service called drumbeat: \
..._SERVICE_HOST, ..._SERVICE_PORT, ..._SERVICE_PORT_NAME, ..._PORT=tcp://..., ..._PORT_1_TCP and \
the like.

SIGINT (Ctrl-C), SIGTERM, SIGQUIT and SIGHUP shut the server down cleanly: it notifies the players \
and closes their connections, within ten seconds. Another signal, a second or more after the \
first, ends it at once. Under nohup it ignores SIGHUP.

Exit codes: 0 clean shutdown; 1 the server could not start (the port is taken, or the system \
allows too few files, threads or memory); 2 a setting, the configuration file or the map is wrong; \
130 ended at once.

README.md, in the source code, explains more.";

/// Variables that the project's own tests read: they may be set while somebody tries out a server.
const OF_THE_TESTS: [&str; 6] = [
    "DRUMBEAT_BIN",
    "DRUMBEAT_CHROMIUM",
    "DRUMBEAT_FUZZ_SECONDS",
    "DRUMBEAT_UPDATE_LIMITS",
    "DRUMBEAT_UPDATE_PICTURE",
    "DRUMBEAT_UPDATE_VECTORS",
];

/// The prefix of every environment variable.
const PREFIX: &str = "DRUMBEAT_";

/// Drumbeat, an authoritative multiplayer game state server. Without arguments it serves a playable
/// game at http://127.0.0.1:7777.
#[derive(Debug, Parser)]
#[command(name = "drumbeat", version, max_term_width = 100, after_help = MORE)]
struct Cli {
    #[command(flatten)]
    settings: Settings,

    /// TOML file with settings, named like the flags
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the effective settings as TOML with their sources, then exit
    #[arg(long)]
    print_config: bool,
}

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment,
    /// A flag.
    Flag,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

/// Why the settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A flag is wrong, or asks for help or the version; [`clap::Error::exit`] prints it.
    #[error(transparent)]
    Flags(#[from] clap::Error),
    /// An argument or a variable is not text.
    #[error("{what} is not UTF-8 text, which settings and paths must be")]
    NotText {
        /// Which one, with its value.
        what: String,
    },
    /// An environment variable is wrong, or not a setting.
    #[error("environment variable {name}: {reason}")]
    Environment {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The configuration file cannot be read.
    #[error("cannot read the configuration file {}: {error}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The configuration file is wrong; the text names line and key.
    #[error("configuration file {}: {error}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        error: Box<toml::de::Error>,
    },
}

/// The settings in effect.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings; the seed is set.
    pub settings: Settings,
    /// Whether to only print them.
    pub print: bool,
    sources: BTreeMap<String, Source>,
}

impl Loaded {
    /// Where the setting of this name (`tick-hz`) comes from.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).copied().unwrap_or(Source::Default)
    }

    /// The settings as a configuration file, with the source of each.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for (key, value) in table(&self.settings) {
            let _ = writeln!(text, "{key} = {value}  # {}", self.source(&key).as_str());
        }
        if self.settings.map.is_none() {
            text.push_str("# map = \"FILE\"  # default: belt, built in\n");
        }
        text
    }
}

/// Loads the settings. `args` starts with the program's name; of `env`, only `DRUMBEAT_…` counts;
/// `seed` is used if none is set.
///
/// # Errors
/// When a layer holds something that is not a setting; the text names it.
pub fn load(
    args: impl IntoIterator<Item = OsString>,
    env: impl IntoIterator<Item = (OsString, OsString)>,
    seed: u64,
) -> Result<Loaded, ConfigError> {
    let args: Result<Vec<_>, _> =
        args.into_iter().map(|arg| text(&arg, || format!("argument {arg:?}"))).collect();
    let (cli, flags) = given(args?)?;
    let (environment, config) = from_environment(env)?;
    let file = match cli.config.or(config) {
        Some(path) => from_file(&path)?,
        None => Table::new(),
    };
    let mut merged = Table::new();
    let mut sources = BTreeMap::new();
    let layers = [(file, Source::File), (environment, Source::Environment), (flags, Source::Flag)];
    for (layer, source) in layers {
        sources.extend(layer.keys().map(|key| (key.clone(), source)));
        merged.extend(layer);
    }
    let mut settings: Settings = merged.try_into().expect("each layer was checked by itself");
    settings.seed.get_or_insert(Seed::new(seed % i64::MAX as u64));
    Ok(Loaded { settings, print: cli.print_config, sources })
}

fn text(given: &OsStr, what: impl Fn() -> String) -> Result<String, ConfigError> {
    given.to_str().map(str::to_owned).ok_or_else(|| ConfigError::NotText { what: what() })
}

fn table(settings: &Settings) -> Table {
    Table::try_from(settings).expect("settings are a table of plain values")
}

fn env_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('-', "_").to_ascii_uppercase())
}

/// Parses a command line; the table holds only what it sets.
fn given(args: impl IntoIterator<Item = String>) -> Result<(Cli, Table), clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let given = table(&cli.settings)
        .into_iter()
        .filter(|(key, _)| {
            matches.value_source(&key.replace('-', "_")) == Some(ValueSource::CommandLine)
        })
        .collect();
    Ok((cli, given))
}

/// Reads `DRUMBEAT_…`, each variable like the flag of that name. An empty one counts as not set.
fn from_environment(
    env: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Table, Option<PathBuf>), ConfigError> {
    let command = Cli::command();
    let flags: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
    let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
    let mut env: Vec<_> = env.into_iter().filter(|(name, _)| ours(name)).collect();
    // So that of two wrong variables always the same one is named.
    env.sort_unstable();
    let (mut layer, mut config) = (Table::new(), None);
    for (at, (name, value)) in env.iter().enumerate() {
        let name = text(name, || format!("the name of the environment variable {name:?}"))?;
        if env[..at].last().is_some_and(|(before, other)| *before == *name && other != value) {
            let reason = "set twice, to different values; set it once".to_owned();
            return Err(ConfigError::Environment { name, reason });
        }
        let flag = flags.iter().find(|flag| env_name(flag) == name);
        let Some(flag) = flag.filter(|flag| !["help", "version", "print-config"].contains(flag))
        else {
            if OF_THE_TESTS.contains(&name.as_str()) || is_service_link(&name, value) {
                continue;
            }
            let reason = match nearest(&name) {
                Some(setting) => format!("not a setting; did you mean {setting}?"),
                None => "not a setting; drumbeat --help lists them".to_owned(),
            };
            return Err(ConfigError::Environment { name, reason });
        };
        let value = text(value, || format!("environment variable {name}={value:?}"))?;
        if value.is_empty() {
            continue;
        }
        let (cli, keys) =
            given(["drumbeat".to_owned(), format!("--{flag}={value}")]).map_err(|error| {
                ConfigError::Environment { name: name.clone(), reason: first_paragraph(&error) }
            })?;
        layer.extend(keys);
        config = config.or(cli.config);
    }
    Ok((layer, config))
}

/// Whether Kubernetes or Docker sets such a variable to give containers the address of a service
/// called, for example, `drumbeat` or `drumbeat-eu`.
fn is_service_link(name: &str, value: &OsStr) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    // A person who sets ..._PORT gives a number.
    let is_url = value.to_str().is_some_and(|value| value.contains("://"));
    matches!(words.as_slice(), [.., "SERVICE", "HOST"])
        || (is_url && words.last() == Some(&"PORT"))
        || words.windows(2).any(|two| two == ["SERVICE", "PORT"])
        || words.windows(3).any(|three| match three {
            ["PORT", number, "TCP" | "UDP" | "SCTP"] => is_number(number),
            _ => false,
        })
}

/// The setting's variable that this name most likely means.
fn nearest(name: &str) -> Option<String> {
    let flag = name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace('_', "-");
    // What other servers call this setting.
    if ["port", "host", "address", "addr", "bind"].contains(&flag.as_str()) {
        return Some(format!("{}=ADDRESS:PORT", env_name("listen")));
    }
    let error = given(["drumbeat".to_owned(), format!("--{flag}=")]).err()?;
    match error.get(ContextKind::SuggestedArg)? {
        ContextValue::String(suggested) => Some(env_name(suggested.strip_prefix("--")?)),
        _ => None,
    }
}

/// The message from clap, without the advice on flags that follows.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty());
    let text = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    text.trim_start_matches("error: ").to_owned()
}

fn from_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
    let wrong = |error| ConfigError::File { path: path.to_owned(), error: Box::new(error) };
    toml::from_str::<Settings>(&text).map_err(wrong)?;
    text.parse().map_err(wrong)
}
