//! Cargo, started by what Cargo runs.

use std::ffi::OsString;
use std::process::Command;

/// How the names of the variables begin by which Cargo, or a runner of tests, describes to a program its own
/// package.
const OF_THE_PACKAGE: [&str; 5] =
    ["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_"];

/// A command of the Cargo that runs this program, else of the one in the path, as if from a terminal.
/// Some dependencies are built anew, with all that is built on them, when a variable about the package
/// of this program appears or disappears.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    for (name, _) in std::env::vars_os() {
        let is_ours = |begin: &&str| name.as_encoded_bytes().starts_with(begin.as_bytes());
        if OF_THE_PACKAGE.iter().any(is_ours) {
            cargo.env_remove(name);
        }
    }
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_hear_of_the_package_that_runs_it() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "Cargo runs the tests");
        let cargo = cargo();
        let removed: Vec<_> = cargo.get_envs().filter(|(_, value)| value.is_none()).collect();
        for name in ["CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_MANIFEST_DIR"] {
            assert!(removed.iter().any(|(removed, _)| *removed == name), "{name}");
        }
        assert!(removed.iter().all(|(name, _)| *name != "CARGO_HOME"));
    }
}
