//! Arena's own settings.

#[cfg(feature = "settings")]
use drumbeat_shared::limits::GAMES_OWN_MAX;

/// Shortest round, minutes.
#[cfg(feature = "settings")]
const ROUND_MINUTES_MIN: f32 = 0.1;
/// Longest round, minutes.
#[cfg(feature = "settings")]
const ROUND_MINUTES_MAX: f32 = 1_440.0;

/// The settings of Arena.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "settings", derive(clap::Args))]
pub struct Settings {
    /// House bots in an empty room; each player who joins replaces one
    #[cfg_attr(feature = "settings", arg(long, value_name = "N"))]
    #[cfg_attr(feature = "settings", arg(default_value_t = Self::default().house_bots))]
    #[cfg_attr(feature = "settings", arg(value_parser = house_bots))]
    pub house_bots: u16,

    /// Minutes of play in a round, after which all scores start again; 0 for no rounds
    #[cfg_attr(feature = "settings", arg(long, value_name = "N"))]
    #[cfg_attr(feature = "settings", arg(default_value_t = Self::default().round_minutes))]
    #[cfg_attr(feature = "settings", arg(value_parser = round_minutes))]
    pub round_minutes: f32,

    /// Whether the page helps players without a mouse to aim when an enemy is almost in line
    #[cfg_attr(feature = "settings", arg(long, value_name = "on|off", default_value = "on"))]
    #[cfg_attr(feature = "settings", arg(action = clap::ArgAction::Set, value_parser = on_or_off))]
    pub aim_assistance: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { house_bots: 12, round_minutes: 5.0, aim_assistance: true }
    }
}

#[cfg(feature = "settings")]
fn house_bots(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| *number <= GAMES_OWN_MAX);
    number.ok_or_else(|| format!("must be a whole number from 0 to {GAMES_OWN_MAX}"))
}

#[cfg(feature = "settings")]
fn round_minutes(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number| {
        *number == 0.0 || (ROUND_MINUTES_MIN..=ROUND_MINUTES_MAX).contains(number)
    });
    number.ok_or_else(|| {
        format!("must be 0, or a number of minutes from {ROUND_MINUTES_MIN} to {ROUND_MINUTES_MAX}")
    })
}

#[cfg(feature = "settings")]
fn on_or_off(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off"),
    }
}
