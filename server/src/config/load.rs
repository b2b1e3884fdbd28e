//! Where settings come from: flags override the environment, the environment the file, the file the
//! defaults.
//!
//! Each layer is reduced to the flags that it sets; merged, they are one command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;

use clap::{ArgMatches, Args, FromArgMatches as _};
use toml::Value;

use super::environment::from_environment;
use super::error::{ConfigError, text};
use super::file::{from_file, value};
use super::flags::{Flags, Layer, is_list, texts};
use super::settings::Settings;
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

/// The settings in effect; `S` are the game's own.
#[derive(Clone, Debug)]
pub struct Loaded<S = ()> {
    /// The settings; the seed is set.
    pub settings: Settings,
    /// The game's own.
    pub game: S,
    /// Whether to only print them.
    pub print: bool,
    sources: BTreeMap<String, Source>,
    /// All of them, as in a configuration file.
    values: BTreeMap<String, Value>,
    built_in_map: Option<&'static str>,
}

impl<S> Loaded<S> {
    /// Where the setting of this name (`tick-hz`) comes from.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).copied().unwrap_or(Source::Default)
    }

    /// The settings as a configuration file, with the source of each.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.values {
            let _ = writeln!(text, "{key} = {value}  # {}", self.source(key).as_str());
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
pub fn load<S: Args>(
    program: &Program,
    args: impl IntoIterator<Item = OsString>,
    env: impl IntoIterator<Item = (OsString, OsString)>,
    seed: u64,
) -> Result<Loaded<S>, ConfigError> {
    let flags = Flags::of::<S>(program)?;
    let args: Result<Vec<_>, _> =
        args.into_iter().map(|arg| text(&arg, || format!("argument {arg:?}"))).collect();
    let given = flags.read(&args?)?;
    let (environment, config) = from_environment(&flags, program, env)?;
    let file = match given.config.or(config) {
        Some(path) => from_file(&flags, &path)?,
        None => Layer::new(),
    };
    let mut merged = Layer::new();
    let mut sources = BTreeMap::new();
    let layers =
        [(file, Source::File), (environment, Source::Environment), (given.layer, Source::Flag)];
    for (layer, source) in layers {
        sources.extend(layer.keys().map(|key| (key.clone(), source)));
        merged.extend(layer);
    }
    let seed = || vec![(seed % i64::MAX as u64).to_string()];
    merged.entry("seed".to_owned()).or_insert_with(seed);
    let matches = flags.combine(&merged)?;
    Ok(Loaded {
        settings: Settings::from_arg_matches(&matches)?,
        game: S::from_arg_matches(&matches)?,
        print: given.print,
        sources,
        values: values(&flags, &matches),
        built_in_map: program.map.map(|(name, _)| name),
    })
}

/// The settings that have a value.
fn values(flags: &Flags, matches: &ArgMatches) -> BTreeMap<String, Value> {
    let one = |(flag, arg): (&str, &clap::Arg)| {
        let mut values: Vec<_> = texts(matches, arg).iter().map(|text| value(text)).collect();
        let value = if is_list(arg) { Value::Array(values) } else { values.pop()? };
        Some((flag.to_owned(), value))
    };
    flags.settings().filter_map(one).collect()
}
