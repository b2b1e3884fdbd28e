//! Arena's own settings.

#[cfg(feature = "settings")]
use drumbeat_shared::limits::GAMES_OWN_MAX;

/// The settings of Arena.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "settings", derive(clap::Args))]
pub struct Settings {
    /// House bots in an empty room; each player who joins replaces one
    #[cfg_attr(feature = "settings", arg(long, value_name = "N", default_value_t = 12))]
    #[cfg_attr(feature = "settings", arg(value_parser = house_bots))]
    pub house_bots: u16,
}

#[cfg(feature = "settings")]
fn house_bots(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| *number <= GAMES_OWN_MAX);
    number.ok_or_else(|| format!("must be a whole number from 0 to {GAMES_OWN_MAX}"))
}
