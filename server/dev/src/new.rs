//! `drumbeat new`: writes a project.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::console::say;
use crate::name;
use crate::template::{self, Engine};

/// Write the project of a new game: rules, server, page, bots and tests
///
/// The engine is a dependency by path if this command was built in its repository; --path and --git
/// say otherwise, and the project's Cargo.toml holds it in one place.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The folder to make; its name is the game's
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Where the engine is on this machine: the top of its repository
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    path: Option<PathBuf>,

    /// The repository that the engine is fetched from
    #[arg(long, value_name = "URL")]
    git: Option<String>,

    /// The revision of it: a commit [default: the newest one]
    #[arg(long, requires = "git")]
    rev: Option<String>,
}

/// Writes what the options ask for.
pub(crate) fn new(options: &Options) -> Result<(), String> {
    let folder = &options.folder;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name::check(name)?;
    let engine = engine(options)?;
    let shown = folder.display();
    if folder.exists() {
        return Err(format!("{shown} exists already: choose another name, or remove it"));
    }
    for (path, text, is_program) in template::project(name, &engine) {
        let path = folder.join(path);
        write(&path, &text, is_program)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    say(&format!("{shown} is a game that can be played. Next:\n"));
    say(&format!("  cd {shown}"));
    say(&format!("  {} dev", this_command()));
    say("\nbuilds and serves it, and does so anew with every change.");
    say("The rules are src/lib.rs, the page is page/page.js, README.md says the rest.");
    Ok(())
}

/// How to call this command again from any folder.
fn this_command() -> String {
    let called = std::env::args().next().unwrap_or_default();
    let by_path = Path::new(&called).components().count() > 1;
    let path = std::env::current_exe().ok().filter(|_| by_path);
    path.map_or_else(|| "drumbeat".to_owned(), |path| path.display().to_string())
}

fn write(path: &Path, text: &str, is_program: bool) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)?;
    #[cfg(unix)]
    if is_program {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = is_program;
    Ok(())
}

/// Where the project finds the engine.
fn engine(options: &Options) -> Result<Engine, String> {
    if let Some(url) = &options.git {
        return Ok(Engine::Git { url: url.clone(), rev: options.rev.clone() });
    }
    let advice = "say where it is with --path FOLDER, or where to fetch it from with --git URL";
    let top = match &options.path {
        Some(top) => top.clone(),
        None => own_checkout().ok_or(format!(
            "the engine's source, from which this command was built, is gone; {advice}"
        ))?,
    };
    let shown = top.display();
    if !top.join("shared/Cargo.toml").is_file() {
        return Err(format!("{shown} is not the top of Drumbeat's repository; {advice}"));
    }
    let top = top.canonicalize().map_err(|error| format!("cannot find {shown}: {error}"))?;
    let top =
        top.to_str().ok_or(format!("{shown} is no text, which a manifest needs; {advice}"))?;
    // Cargo does not take the form that Windows gives a whole path.
    Ok(Engine::Path(top.trim_start_matches(r"\\?\").to_owned()))
}

/// The repository in which this command was built, while it is there. One that Cargo fetched for
/// itself does not count: it is removed at times.
fn own_checkout() -> Option<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    let is_fetched = top.components().any(|part| part.as_os_str() == "checkouts");
    (top.is_dir() && !is_fetched).then(|| top.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(path: Option<&str>, git: Option<&str>) -> Options {
        let (path, git) = (path.map(PathBuf::from), git.map(str::to_owned));
        Options { folder: PathBuf::from("tag"), path, git, rev: None }
    }

    #[test]
    fn the_engine_is_where_the_options_say_or_where_this_was_built() {
        let top = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let here = Path::new(top).canonicalize().unwrap();
        let here = Engine::Path(here.to_str().unwrap().to_owned());
        assert_eq!(engine(&options(None, None)).as_ref(), Ok(&here));
        assert_eq!(engine(&options(Some(top), None)), Ok(here));
        let url = "https://example.com/drumbeat";
        let fetched = Engine::Git { url: url.to_owned(), rev: None };
        assert_eq!(engine(&options(None, Some(url))), Ok(fetched));
        let error = engine(&options(Some(env!("CARGO_MANIFEST_DIR")), None)).unwrap_err();
        assert!(error.contains("is not the top of") && error.contains("--git URL"), "{error}");
    }

    #[test]
    fn nothing_is_written_where_something_is() {
        let folder = std::env::temp_dir().join(format!("there-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let options = Options { folder: folder.clone(), ..options(None, None) };
        let error = new(&options).unwrap_err();
        let written = fs::read_dir(&folder).unwrap().count();
        fs::remove_dir(&folder).unwrap();
        assert!(error.contains("exists already"), "{error}");
        assert_eq!(written, 0);
    }
}
