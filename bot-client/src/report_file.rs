//! A report file: the old one stays until a new one is complete.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Limit of nested symbolic links that are followed, as in Linux.
const LINKS_MAX: u32 = 40;
/// Limit of names tried for a temporary file.
const NAMES_MAX: u32 = 100;

/// Checks that a report can be written here later: a wrong path should not cost a whole run.
/// Changes nothing.
///
/// # Errors
/// When the report can't be written; the error names the path.
pub fn check(path: &Path) -> Result<(), String> {
    let checked = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        // Anything else, such as a pipe, is written to directly; opening it may wait for a reader.
        Ok(found) if !found.is_file() => Ok(()),
        Ok(_) => File::options().append(true).open(path).map(drop),
        Err(_) => match Temporary::beside(&target(path)) {
            // The longer temporary name exceeds the limit; the name itself may not.
            Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
                Temporary::at(target(path)).map(drop)
            }
            made => made.map(drop),
        },
    };
    checked.map_err(|error| failed(path, &error))
}

/// Writes a report in full to a temporary file beside the old report, then replaces it.
///
/// # Errors
/// When the report can't be written; the error names the path.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let path = target(path);
    let before = fs::metadata(&path).ok();
    let straight = || fs::write(&path, text);
    let written = match &before {
        Some(found) if !found.is_file() => straight(),
        _ => match replace(&path, text, before.as_ref()) {
            // The folder takes no new file, or the file is a mount of its own, as in a container,
            // or its name can't be longer.
            Err(error) if is_about_place(&error) => straight(),
            replaced => replaced,
        },
    };
    written.map_err(|error| failed(&path, &error))
}

fn replace(path: &Path, text: &str, before: Option<&fs::Metadata>) -> io::Result<()> {
    let mut temporary = Temporary::beside(path)?;
    temporary.file.write_all(text.as_bytes())?;
    temporary.file.sync_all()?;
    if let Some(before) = before {
        temporary.file.set_permissions(before.permissions())?;
    }
    fs::rename(&temporary.path, path)
}

/// Resolves symbolic links, so that a link stays a link. Their target need not exist.
fn target(path: &Path) -> PathBuf {
    let mut path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(next) => path = path.with_file_name(next),
            Err(_) => break,
        }
    }
    path
}

/// Whether the file itself may still be written. With a full disk it may not, and stays as it is.
fn is_about_place(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::PermissionDenied
            | Kind::ReadOnlyFilesystem
            | Kind::ResourceBusy
            | Kind::CrossesDevices
            | Kind::InvalidFilename
    )
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}

/// A file that is removed when this is dropped, unless it was renamed.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// Creates a file in the folder of `path`.
    fn beside(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut number = 0;
        loop {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{number}.tmp", std::process::id()));
            match Self::at(path.with_file_name(hidden)) {
                // A killed process with the same id may have left this file.
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES_MAX =>
                {
                    number += 1;
                }
                made => return made,
            }
        }
    }

    /// Creates a new file. It never opens an existing one, nor the target of a link.
    fn at(path: PathBuf) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file, path })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is none, and this fails.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is removed with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("drumbeat-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn files(&self) -> Vec<OsString> {
            let mut files: Vec<_> =
                fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            files.sort_unstable();
            files
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_report_takes_the_place_of_the_one_before_at_once() {
        let folder = Folder::new("reports");
        let path = folder.0.join("r.json");
        check(&path).unwrap();
        assert!(folder.files().is_empty(), "a check leaves nothing: {:?}", folder.files());
        write(&path, "a longer one").unwrap();
        // A reader that has the file open still reads the old one.
        let open = File::open(&path).unwrap();
        check(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a longer one");
        write(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(io::read_to_string(open).unwrap(), "a longer one");
        assert_eq!(folder.files(), ["r.json"]);
    }

    #[test]
    fn wrong_paths_are_named_before_the_run() {
        let folder = Folder::new("no-reports");
        for path in [folder.0.join("nowhere/r.json"), folder.0.clone()] {
            let error = check(&path).unwrap_err();
            assert!(error.contains(path.to_str().unwrap()), "{error}");
        }
    }

    #[test]
    fn a_long_name_and_what_others_left_are_no_hindrance() {
        let folder = Folder::new("names");
        let long = folder.0.join("n".repeat(250));
        check(&long).unwrap();
        assert!(folder.files().is_empty(), "a check leaves nothing: {:?}", folder.files());
        for text in ["first", "second"] {
            write(&long, text).unwrap();
            check(&long).unwrap();
            assert_eq!(fs::read_to_string(&long).unwrap(), text);
        }
        let left = folder.0.join(format!(".r.json.{}-0.tmp", std::process::id()));
        fs::write(&left, "left").unwrap();
        write(&folder.0.join("r.json"), "new").unwrap();
        assert_eq!(fs::read_to_string(&left).unwrap(), "left");
        assert_eq!(folder.files().len(), 3, "{:?}", folder.files());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_modes_stay_and_devices_are_written_to() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = Folder::new("links");
        let (path, link) = (folder.0.join("r.json"), folder.0.join("link"));
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        check(&link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        // A link whose target does not exist yet, relative to its own folder.
        let (later, dangling) = (folder.0.join("later.json"), folder.0.join("dangling"));
        symlink("later.json", &dangling).unwrap();
        check(&dangling).unwrap();
        assert!(!later.exists());
        write(&dangling, "first").unwrap();
        assert!(fs::symlink_metadata(&dangling).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&later).unwrap(), "first");
        let null = folder.0.join("null");
        symlink("/dev/null", &null).unwrap();
        check(&null).unwrap();
        write(&null, "nothing").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
