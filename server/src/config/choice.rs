//! Which of several games is asked for. That must be known first: it decides which other settings
//! there are.

use std::ffi::OsString;

use drumbeat_process::flag_value;
use toml::Table;

use super::environment::env_name;

/// The game that the flag, the variable or the file names, in this order. Anything wrong shows when
/// the settings are loaded.
pub(crate) fn chosen_game(
    prefix: &str,
    args: &[OsString],
    env: impl Fn(&str) -> Option<OsString>,
) -> Option<String> {
    let set = |flag: &str| {
        let value = || env(&env_name(prefix, flag))?.into_string().ok();
        let value = flag_value(args.iter().cloned(), flag).or_else(value);
        value.filter(|value| !value.is_empty())
    };
    set("game").or_else(|| {
        let file = std::fs::read_to_string(set("config")?).ok()?;
        Some(file.parse::<Table>().ok()?.get("game")?.as_str()?.to_owned())
    })
}
