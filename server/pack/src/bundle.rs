//! A page's bundle: a folder with files that a bundler has made of some of the page's own, which they
//! replace.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The file of a bundle that says what it was made of: a hash, then the paths from the top of the page.
pub(crate) const SOURCES: &str = "sources";

/// A bundle that is of the page as it is.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// Where its files are.
    pub(crate) folder: PathBuf,
    /// What it was made of, from the top of the page.
    pub(crate) sources: Vec<String>,
}

impl Bundle {
    /// The bundle in this folder of a page; `None` if there is none, or if its sources have changed since:
    /// then the page goes without.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn find(top: &Path, name: &str) -> io::Result<Option<Self>> {
        let folder = top.join(name);
        let made_of = match fs::read_to_string(folder.join(SOURCES)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            made_of => made_of?,
        };
        let mut lines = made_of.lines().map(str::to_owned);
        let hash = lines.next().unwrap_or_default();
        let sources: Vec<String> = lines.collect();
        let is_current = hash_of(top, &sources)?.is_some_and(|found| found == hash);
        Ok(is_current.then_some(Self { folder, sources }))
    }
}

/// The hash of these files, as the bundler computes it; `None` if one is gone.
fn hash_of(top: &Path, paths: &[String]) -> io::Result<Option<String>> {
    let mut hash = Sha256::new();
    for path in paths {
        match fs::read(top.join(path)) {
            Ok(contents) => {
                hash.update(format!("{path}\n"));
                hash.update(contents);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_counts_while_its_sources_are_the_same() {
        let top = std::env::temp_dir().join(format!("drumbeat-bundle-{}", std::process::id()));
        fs::create_dir_all(top.join("built")).unwrap();
        let find = || Bundle::find(&top, "built").unwrap();
        assert!(find().is_none());
        fs::write(top.join("a.js"), "a").unwrap();
        // printf 'a.js\na' | sha256sum
        let hash = "83d72743db34c55871dcfa50316bb072244e385ff12c1b1122eaab3dadf90765";
        fs::write(top.join("built/sources"), format!("{hash}\na.js\n")).unwrap();
        assert_eq!(find().unwrap().sources, ["a.js"]);
        fs::write(top.join("a.js"), "b").unwrap();
        assert!(find().is_none());
        fs::remove_file(top.join("a.js")).unwrap();
        assert!(find().is_none());
        fs::remove_dir_all(&top).unwrap();
    }
}
