//! A page that is read from a folder, file by file, whenever somebody asks.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

/// Limit of one file of a page that is read from a folder.
const FILE_BYTES_MAX: u64 = 32 << 20;

/// A file that has more than [`FILE_BYTES_MAX`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// A folder with the files of a page.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    top: PathBuf,
    /// Files and folders that are not part of the page.
    left_out: &'static [&'static str],
}

impl Folder {
    pub(super) fn new(top: PathBuf, left_out: &'static [&'static str]) -> Self {
        Self { top, left_out }
    }

    /// The file at this path, with `/` between; `None` if there is none, or if it is not part of
    /// the page.
    pub(super) fn find(&self, path: &str) -> Option<Result<Vec<u8>, TooLarge>> {
        let is_in = |left_out: &&str| {
            path.strip_prefix(left_out).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !path.split('/').all(is_plain) || self.left_out.iter().any(is_in) {
            return None;
        }
        self.read(path).ok()?
    }

    /// Follows no link out of the folder, and waits for no pipe.
    fn read(&self, path: &str) -> io::Result<Option<Result<Vec<u8>, TooLarge>>> {
        let top = self.top.canonicalize()?;
        let path = top.join(path).canonicalize()?;
        if !path.starts_with(&top) || !fs::metadata(&path)?.is_file() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        let fits = bytes.len() as u64 <= FILE_BYTES_MAX;
        Ok(Some(if fits { Ok(bytes) } else { Err(TooLarge) }))
    }
}

/// Whether a part of a path is a name: not hidden, and not a step to another folder.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_within_the_folder_are_read() {
        let top = std::env::temp_dir().join(format!("drumbeat-folder-{}", std::process::id()));
        let (page, secret) = (top.join("page"), top.join("secret"));
        fs::create_dir_all(page.join("js")).unwrap();
        fs::write(&secret, "secret").unwrap();
        for (name, text) in [("js/a.js", "a"), (".hidden", "secret"), ("my file", "secret")] {
            fs::write(page.join(name), text).unwrap();
        }
        #[cfg(unix)]
        for (name, target) in [("out", "../secret"), ("in", "js/a.js"), ("up", "..")] {
            std::os::unix::fs::symlink(target, page.join(name)).unwrap();
        }
        let folder = Folder::new(page.clone(), &["js/b"]);
        let read = |path: &str| {
            let found = folder.find(path)?;
            Some(String::from_utf8(found.unwrap()).unwrap())
        };
        let is = |path: &str, text: &str| assert_eq!(read(path).as_deref(), Some(text), "{path}");
        is("js/a.js", "a");
        #[cfg(unix)]
        is("in", "a");
        let outside = secret.to_str().unwrap();
        for path in [
            "",
            ".",
            "..",
            "js",
            "js/",
            "/js/a.js",
            "js//a.js",
            "js/../js/a.js",
            "../secret",
            "..\\secret",
            "%2e%2e/secret",
            "js/./a.js",
            "gone.js",
            ".hidden",
            "my file",
            "out",
            "up/secret",
            outside,
        ] {
            assert_eq!(read(path), None, "{path}");
        }
        for (name, text) in [("js/a.js", "changed"), ("js/b.js", "b")] {
            fs::write(page.join(name), text).unwrap();
            is(name, text);
        }
        fs::write(page.join("js/b"), "left out").unwrap();
        assert_eq!(read("js/b"), None);
        let large = File::create(page.join("large")).unwrap();
        large.set_len(FILE_BYTES_MAX + 1).unwrap();
        let too_large = folder.find("large");
        large.set_len(0).unwrap();
        is("large", "");
        fs::remove_dir_all(&top).unwrap();
        assert_eq!(too_large, Some(Err(TooLarge)));
        assert_eq!(read("js/a.js"), None);
    }
}
