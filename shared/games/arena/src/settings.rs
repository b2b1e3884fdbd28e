//! Arena's own settings.

/// House bots in a room, at most: a server leaves ids to as many players of the game's own.
pub const HOUSE_BOTS_MAX: u16 = 1_000;

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
    let number = text.parse().ok().filter(|number| *number <= HOUSE_BOTS_MAX);
    number.ok_or_else(|| format!("must be a whole number from 0 to {HOUSE_BOTS_MAX}"))
}
