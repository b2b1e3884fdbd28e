//! The room's own settings.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// The settings of a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "settings", derive(clap::Args))]
pub struct Settings {
    /// What each room is about, until a moderator changes it
    #[cfg_attr(feature = "settings", arg(long, value_name = "TEXT", default_value = ""))]
    pub topic: String,

    /// Password with which a person becomes a moderator: /mod PASSWORD. Better set as the variable or
    /// in the configuration file: other users of the machine can read a command line [default: none,
    /// and no moderators]
    #[cfg_attr(feature = "settings", arg(long, value_name = "PASSWORD"))]
    pub mod_password: Option<Password>,
}

/// A password, which no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Whether this is it.
    #[must_use]
    pub fn is(&self, tried: &str) -> bool {
        self.0 == tried
    }
}

impl FromStr for Password {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
