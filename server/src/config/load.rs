//! Where settings come from: flags override the environment, the environment the file, the file the
//! defaults.
//!
//! Each layer is reduced to the keys that it sets; merged, the layers are the settings.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

use toml::Table;

use super::environment::from_environment;
use super::error::{ConfigError, text};
use super::flags::{given, table};
use super::settings::{Seed, Settings};
use crate::program::Program;

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

/// The settings in effect.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings; the seed is set.
    pub settings: Settings,
    /// Whether to only print them.
    pub print: bool,
    sources: BTreeMap<String, Source>,
    built_in_map: Option<&'static str>,
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
        if let (None, Some(map)) = (&self.settings.map, self.built_in_map) {
            let _ = writeln!(text, "# map = \"FILE\"  # default: {map}, built in");
        }
        text
    }
}

/// Loads the settings. `args` starts with the program's name; of `env`, only what begins with the
/// program's prefix counts; `seed` is used if none is set.
///
/// # Errors
/// When a layer holds something that is not a setting; the text names it.
pub fn load(
    program: &Program,
    args: impl IntoIterator<Item = OsString>,
    env: impl IntoIterator<Item = (OsString, OsString)>,
    seed: u64,
) -> Result<Loaded, ConfigError> {
    let args: Result<Vec<_>, _> =
        args.into_iter().map(|arg| text(&arg, || format!("argument {arg:?}"))).collect();
    let (cli, flags) = given(program, args?)?;
    let (environment, config) = from_environment(program, env)?;
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
    let built_in_map = program.map.map(|(name, _)| name);
    Ok(Loaded { settings, print: cli.print_config, sources, built_in_map })
}

fn from_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
    let wrong = |error| ConfigError::File { path: path.to_owned(), error: Box::new(error) };
    toml::from_str::<Settings>(&text).map_err(wrong)?;
    text.parse().map_err(wrong)
}
