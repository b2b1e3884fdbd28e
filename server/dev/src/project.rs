//! The project in this folder, as Cargo describes it.

use std::path::{Path, PathBuf};
use std::process::Command;

use drumbeat_process::cargo;
use serde_json::Value;

/// What `build-web` of a project is called.
pub(crate) const BUILD_WEB: &str = "build-web";

/// A project that `drumbeat new` wrote, or one like it.
#[derive(Debug, PartialEq)]
pub(crate) struct Project {
    /// The name of the server's program.
    pub(crate) program: String,
    /// Where Cargo puts what it builds.
    target: PathBuf,
    /// What a change of asks for another build.
    pub(crate) sources: Vec<PathBuf>,
}

impl Project {
    /// The project in the current folder.
    ///
    /// # Errors
    /// When there is none, or Cargo does not understand it; Cargo itself has said why.
    pub(crate) fn here() -> Result<Self, String> {
        for name in ["Cargo.toml", BUILD_WEB] {
            if !Path::new(name).is_file() {
                let advice = "go to a game's folder; `drumbeat new FOLDER` makes one";
                return Err(format!("there is no {name} here: {advice}"));
            }
        }
        let mut metadata = cargo();
        metadata.args(["metadata", "--format-version", "1"]).stderr(std::process::Stdio::inherit());
        let output = metadata.output().map_err(|error| format!("cannot start cargo: {error}"))?;
        if !output.status.success() {
            return Err("cargo does not understand this project; mend that first".to_owned());
        }
        let described = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let nothing = "Cargo.toml describes no package with a program: `drumbeat dev` builds the \
            one that default-run names";
        Self::of(&described).ok_or_else(|| nothing.to_owned())
    }

    /// Reads what `cargo metadata` says.
    fn of(described: &Value) -> Option<Self> {
        let packages = described["packages"].as_array()?;
        let root = packages.iter().find(|package| package["id"] == described["resolve"]["root"])?;
        let targets = root["targets"].as_array()?.iter();
        let mut programs =
            targets.filter(|target| target["kind"][0] == "bin").map(|target| &target["name"]);
        let first = programs.next()?;
        let program = [&root["default_run"], first].into_iter().find_map(Value::as_str)?.to_owned();
        let folder = |package: &Value| {
            Some(Path::new(package["manifest_path"].as_str()?).parent()?.to_owned())
        };
        // What comes from a registry or a repository does not change.
        let own = packages.iter().filter(|package| package["source"].is_null()).filter_map(folder);
        let parts =
            own.flat_map(|top| ["src", "build.rs", "Cargo.toml"].map(|part| top.join(part)));
        let target = described["target_directory"].as_str()?.into();
        Some(Self { program, target, sources: parts.collect() })
    }

    /// The command that builds the server.
    pub(crate) fn build_server(&self, release: bool) -> Command {
        let mut build = cargo();
        build.args(["build", "--bin", &self.program]).args(release.then_some("--release"));
        build
    }

    /// The built server.
    pub(crate) fn server(&self, release: bool) -> PathBuf {
        let name = format!("{}{}", self.program, std::env::consts::EXE_SUFFIX);
        self.target.join(if release { "release" } else { "debug" }).join(name)
    }
}

/// The command that builds the page's core.
pub(crate) fn build_core() -> Command {
    Command::new(Path::new(".").join(BUILD_WEB))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_project_is_its_server_and_what_may_change() {
        let program = |name: &str| json!({"name": name, "kind": ["bin"]});
        let library = json!({"name": "tag", "kind": ["lib"]});
        let mut described = json!({
            "packages": [
                {"id": "a", "source": "registry", "manifest_path": "/r/Cargo.toml", "targets": []},
                {"id": "b", "source": null, "manifest_path": "/engine/Cargo.toml", "targets": []},
                {"id": "c", "source": null, "manifest_path": "/tag/Cargo.toml",
                 "default_run": "tag", "targets": [library, program("bots"), program("tag")]},
            ],
            "resolve": {"root": "c"},
            "target_directory": "/tag/target",
        });
        let project = Project::of(&described).unwrap();
        assert_eq!(project.program, "tag");
        let name = format!("tag{}", std::env::consts::EXE_SUFFIX);
        assert_eq!(project.server(true), Path::new("/tag/target/release").join(name));
        let sources: Vec<_> = project.sources.iter().filter_map(|path| path.to_str()).collect();
        assert_eq!(
            sources,
            [
                "/engine/src",
                "/engine/build.rs",
                "/engine/Cargo.toml",
                "/tag/src",
                "/tag/build.rs",
                "/tag/Cargo.toml",
            ]
        );
        described["packages"][2]["default_run"] = Value::Null;
        assert_eq!(Project::of(&described).unwrap().program, "bots");
        described["packages"][2]["targets"] = json!([library]);
        assert_eq!(Project::of(&described), None);
        assert_eq!(Project::of(&Value::Null), None);
    }
}
