//! Settings from environment variables, each of which is like the flag of that name.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::error::{ConfigError, first_paragraph, text};
use super::flags::{Flags, Layer};
use crate::program::Program;

/// Variables that the project's own tests read: they may be set while somebody tries out a server.
const OF_THE_TESTS: [&str; 6] = [
    "DRUMBEAT_BIN",
    "DRUMBEAT_CHROMIUM",
    "DRUMBEAT_FUZZ_SECONDS",
    "DRUMBEAT_UPDATE_LIMITS",
    "DRUMBEAT_UPDATE_PICTURE",
    "DRUMBEAT_UPDATE_VECTORS",
];

/// Reads the variables that begin with this prefix, each like the flag of that name. An empty one
/// counts as not set.
pub(super) fn from_environment(
    flags: &Flags,
    program: &Program,
    env: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Layer, Option<PathBuf>), ConfigError> {
    let prefix = program.prefix();
    let mut known: Vec<&str> = flags.settings().map(|(flag, _)| flag).collect();
    known.push("config");
    let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(prefix.as_bytes());
    let mut env: Vec<_> = env.into_iter().filter(|(name, _)| ours(name)).collect();
    // So that of two wrong variables always the same one is named.
    env.sort_unstable();
    let (mut layer, mut config) = (Layer::new(), None);
    for (at, (name, value)) in env.iter().enumerate() {
        let name = text(name, || format!("the name of the environment variable {name:?}"))?;
        if env[..at].last().is_some_and(|(before, other)| *before == *name && other != value) {
            let reason = "set twice, to different values; set it once".to_owned();
            return Err(ConfigError::Environment { name, reason });
        }
        let Some(flag) = known.iter().find(|flag| env_name(&prefix, flag) == name) else {
            if OF_THE_TESTS.contains(&name.as_str()) || is_service_link(&name, value) {
                continue;
            }
            let reason = flags.not_a_setting(nearest(flags, &prefix, &name));
            return Err(ConfigError::Environment { name, reason });
        };
        let value = text(value, || format!("environment variable {name}={value:?}"))?;
        if value.is_empty() {
            continue;
        }
        let given = flags.read_one(flag, &[value]).map_err(|error| ConfigError::Environment {
            name: name.clone(),
            reason: first_paragraph(&error),
        })?;
        layer.extend(given.layer);
        config = config.or(given.config);
    }
    Ok((layer, config))
}

/// The variable of a flag.
pub(super) fn env_name(prefix: &str, flag: &str) -> String {
    format!("{prefix}{}", flag.replace('-', "_").to_ascii_uppercase())
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
fn nearest(flags: &Flags, prefix: &str, name: &str) -> Option<String> {
    let flag = name.strip_prefix(prefix)?.to_ascii_lowercase().replace('_', "-");
    let nearest = flags.nearest(&flag)?;
    let form = if nearest == "listen" { "=ADDRESS:PORT" } else { "" };
    Some(env_name(prefix, &nearest) + form)
}
