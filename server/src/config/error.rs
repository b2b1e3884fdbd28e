//! What is wrong with the settings.

use std::ffi::OsStr;
use std::path::PathBuf;

/// Why the settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A flag is wrong, or asks for help or the version; [`clap::Error::exit`] prints it.
    #[error(transparent)]
    Flags(#[from] clap::Error),
    /// The game has a setting that it cannot have.
    #[error("the game's own setting {setting}: {reason}")]
    Game {
        /// The name of its field.
        setting: String,
        /// What is wrong, and what to do.
        reason: String,
    },
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

/// An argument, a variable or its name as text; `what` names it.
pub(super) fn text(given: &OsStr, what: impl Fn() -> String) -> Result<String, ConfigError> {
    given.to_str().map(str::to_owned).ok_or_else(|| ConfigError::NotText { what: what() })
}

/// The message from clap, without the advice on flags that follows.
pub(super) fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty());
    let text = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    text.trim_start_matches("error: ").to_owned()
}
