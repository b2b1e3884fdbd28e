//! Hostile settings: flags, variables and a file.

use std::ffi::OsString;

use drumbeat_arena::Settings;
use drumbeat_server::config::{Config, ConfigError, Loaded, load};
use drumbeat_server::{Page, Program};

use crate::maps::BELT;
use crate::temp_file::TempFile;

/// Takes each line for a flag if it begins with `--`, for a variable if it begins with `DRUMBEAT_`, else for
/// a line of the configuration file; returns whether the settings were taken.
///
/// # Panics
/// When settings that are taken do not come back from what is printed of them, or when an error says
/// nothing.
pub fn settings(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (mut args, mut env, mut file) = (vec![], vec![], String::new());
    for line in text.lines() {
        match line.split_once('=') {
            // Other files are not for a fuzzer to read.
            _ if line.starts_with("--config") || line.starts_with("DRUMBEAT_CONFIG") => {}
            _ if line.starts_with("--") => args.push(OsString::from(line)),
            Some((name, value)) if name.starts_with("DRUMBEAT_") => {
                env.push((OsString::from(name), OsString::from(value)));
            }
            _ => file.extend([line, "\n"]),
        }
    }
    let loaded = match load_file(&file, args, env) {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(!error.to_string().trim().is_empty(), "{error:?}");
            return false;
        }
    };
    let _ = Config::new(&loaded.settings, loaded.game.clone(), BELT);
    let printed = loaded.to_toml();
    let again = load_file(&printed, vec![], vec![]);
    let again = again.unwrap_or_else(|error| panic!("{error} in what is printed:\n{printed}"));
    assert_eq!(values(&again.to_toml()), values(&printed));
    true
}

fn load_file(
    file: &str,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
) -> Result<Loaded<Settings>, ConfigError> {
    let file = TempFile::new(file);
    let mut all = vec!["drumbeat".into(), "--config".into(), file.0.clone().into_os_string()];
    all.extend(args);
    load(&Program::new("drumbeat", Page::none()), all, env, 1)
}

/// The lines without the sources of the values.
fn values(printed: &str) -> Vec<&str> {
    printed.lines().map(|line| line.rsplit_once("  # ").map_or(line, |(value, _)| value)).collect()
}
