//! Whether files have changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// Files and folders that are looked at, at most; of those beyond, changes are not seen.
const ENTRIES_MAX: usize = 20_000;

/// A number that differs once a file at one of these paths, or anywhere below it, has come, gone or
/// changed. What is hidden, or cannot be read, does not count.
pub fn revision(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> u64 {
    let mut revision = DefaultHasher::new();
    let mut left = ENTRIES_MAX;
    for path in paths {
        add(path.as_ref(), &mut left, &mut revision);
    }
    revision.finish()
}

fn add(path: &Path, left: &mut usize, revision: &mut DefaultHasher) {
    let Ok(found) = fs::metadata(path) else { return };
    let Some(fewer) = left.checked_sub(1) else { return };
    *left = fewer;
    path.hash(revision);
    if !found.is_dir() {
        (found.len(), found.modified().ok()).hash(revision);
        return;
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let mut below: Vec<_> =
        entries.filter(|entry| !is_hidden(&entry.file_name())).map(|entry| entry.path()).collect();
    below.sort();
    below.iter().for_each(|path| add(path, left, revision));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_makes_another_number() {
        let top = std::env::temp_dir().join(format!("drumbeat-files-{}", std::process::id()));
        fs::create_dir_all(top.join("deep/er")).unwrap();
        let mut seen = vec![revision([&top])];
        let mut changed = |what: &str| {
            let now = revision([&top]);
            assert!(!seen.contains(&now), "{what}");
            seen.push(now);
        };
        let write = |path: &str, text: &str| fs::write(top.join(path), text).unwrap();
        write("deep/er/a", "1");
        changed("a new file");
        write("deep/er/a", "22");
        changed("a longer file");
        fs::rename(top.join("deep/er/a"), top.join("deep/a")).unwrap();
        changed("a moved file");
        let before = fs::metadata(top.join("deep/a")).unwrap().modified().unwrap();
        let file = fs::File::options().write(true).open(top.join("deep/a")).unwrap();
        file.set_modified(before + std::time::Duration::from_millis(1)).unwrap();
        changed("a file of the same length");
        write(".hidden", "1");
        let same = [revision([&top]), revision([&top])];
        fs::remove_dir_all(&top).unwrap();
        assert_eq!(same, [*seen.last().unwrap(); 2]);
        assert_eq!(revision([&top]), revision(["/nowhere"; 0]));
    }
}
